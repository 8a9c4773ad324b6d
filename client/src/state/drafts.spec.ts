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
    drafts.reclaim('a');
    expect(drafts.of('a').value).toBe('sent');
    expect(drafts.held('a')).toBe('');
    drafts.hold('a', 'again');
    drafts.reclaim('a');
    expect(drafts.of('a').value).toBe('sent');
    drafts.flush();
  });

  it('forgets a held prompt that the server has', () => {
    const storage = new MemoryStorage();
    const drafts = new Drafts(storage);
    drafts.hold('a', 'sent');
    expect(new Drafts(storage).held('a')).toBe('sent');
    drafts.release('a');
    expect(new Drafts(storage).held('a')).toBe('');
  });
});
