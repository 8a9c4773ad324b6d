import { jest } from '@jest/globals';
import { Drafts } from './drafts.js';
import { MemoryStorage } from './memory-storage.js';

describe('Drafts', () => {
  it('writes a draft after a pause, and finds it again', () => {
    jest.useFakeTimers();
    const storage = new MemoryStorage();
    const drafts = new Drafts(storage);
    drafts.set('a', 'half a ');
    drafts.set('a', 'half a thought');
    expect(storage.values.size).toBe(0);
    jest.advanceTimersByTime(300);
    expect(new Drafts(storage).of('a').value).toBe('half a thought');
    expect(new Drafts(storage).of('b').value).toBe('');
    jest.useRealTimers();
  });

  it('writes at once when told to, and forgets an emptied draft', () => {
    const storage = new MemoryStorage();
    const drafts = new Drafts(storage);
    drafts.set('a', 'x');
    drafts.flush();
    expect(storage.values.get('draft.a')).toBe('x');
    drafts.set('a', '');
    drafts.flush();
    expect(storage.values.size).toBe(0);
  });

  it('gives a held prompt back as the draft unless something else was typed', () => {
    const drafts = new Drafts(new MemoryStorage());
    drafts.hold('a', 'sent');
    drafts.reclaim('a', 'sent');
    expect(drafts.of('a').value).toBe('sent');
    expect(drafts.held('a')).toEqual([]);
    drafts.hold('a', 'again');
    drafts.reclaim('a', 'again');
    expect(drafts.of('a').value).toBe('sent');
    expect([drafts.giveBack('a', 'more'), drafts.giveBack('b', ''), drafts.giveBack('b', 'more')]).toEqual([
      false,
      false,
      true,
    ]);
    drafts.flush();
  });

  it('forgets a held prompt that the server has, and keeps the others', () => {
    const storage = new MemoryStorage();
    const drafts = new Drafts(storage);
    for (const prompt of ['one', 'two', 'one']) drafts.hold('a', prompt);
    expect(new Drafts(storage).held('a')).toEqual(['one', 'two', 'one']);
    drafts.release('a', 'one');
    drafts.release('a', 'three');
    expect(new Drafts(storage).held('a')).toEqual(['two', 'one']);
    drafts.release('a', 'two');
    drafts.release('a', 'one');
    expect(storage.values.size).toBe(0);
  });

  it('reads nothing from what it did not write', () => {
    const storage = new MemoryStorage();
    storage.set('held.a', 'an older version’s');
    storage.set('held.b', '{"a":1}');
    const drafts = new Drafts(storage);
    expect([drafts.held('a'), drafts.held('b')]).toEqual([[], []]);
  });
});
