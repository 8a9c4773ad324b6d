import { addTags, LONGEST_TAG, MOST_TAGS } from './tags.js';

describe('addTags', () => {
  it('takes one tag, or several with commas of any script between them', () => {
    expect(addTags([], ' sea ')).toEqual(['sea']);
    expect(addTags(['a'], '水车，风车、mill, sea；#tagged')).toEqual([
      'a',
      '水车',
      '风车',
      'mill',
      'sea',
      'tagged',
    ]);
    expect(addTags(['a'], ' ,，、')).toEqual(['a']);
  });

  it('adds nothing twice, and no more and no longer tags than the server takes', () => {
    expect(addTags(['a', 'b'], 'b, a')).toEqual(['a', 'b']);
    expect(addTags([], '🌏'.repeat(30))).toEqual(['🌏'.repeat(LONGEST_TAG)]);
    const many = Array.from({ length: 20 }, (_, index) => `t${index}`);
    expect(addTags([], many.join(','))).toEqual(many.slice(0, MOST_TAGS));
  });
});
