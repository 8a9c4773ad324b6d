import { fileName } from './save-file.js';

describe('fileName', () => {
  it.each([
    ['How a mill works', 'How a mill works'],
    ['水车: how/why?', '水车 how why'],
    ['a\u0000\n\tb', 'a b'],
    ['..', 'conversation'],
    ['.hidden', 'hidden'],
    ['', 'conversation'],
    ['<>:"/\\|?*', 'conversation'],
    [`${'x'.repeat(79)}🌏 and more`, `${'x'.repeat(79)}🌏`],
  ])('makes a name of %j that file systems take', (title, name) => {
    expect(fileName(title)).toBe(name);
  });
});
