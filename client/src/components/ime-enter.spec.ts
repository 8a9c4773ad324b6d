import { ImeEnter } from './ime-enter.js';

const enter = {
  key: 'Enter',
  keyCode: 13,
  isComposing: false,
  shiftKey: false,
  altKey: false,
  timeStamp: 10_000,
};

describe('[UI-05] ImeEnter', () => {
  it('lets a plain Enter send, with Ctrl or Cmd too', () => {
    expect(new ImeEnter().sends(enter)).toBe(true);
  });

  it.each([
    ['another key', { key: 'a' }],
    ['Shift+Enter', { shiftKey: true }],
    ['Alt+Enter', { altKey: true }],
    ['an open composition', { isComposing: true }],
    ['key code 229, which stands for an input method', { keyCode: 229 }],
  ])('does not send for %s', (_name, change) => {
    expect(new ImeEnter().sends({ ...enter, ...change })).toBe(false);
  });

  it('does not send for the Enter that Safari delivers right after the composition', () => {
    const ime = new ImeEnter();
    ime.compositionEnded(9_960);
    expect(ime.sends(enter)).toBe(false);
    expect(ime.sends({ ...enter, timeStamp: 10_010 })).toBe(true);
  });
});
