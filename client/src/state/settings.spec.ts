import { MemoryStorage } from './memory-storage.js';
import { createSettings } from './settings.js';

describe('createSettings', () => {
  it('follows the system until somebody chooses, and writes nothing before', () => {
    const storage = new MemoryStorage();
    const settings = createSettings(storage);
    expect(settings.theme.value).toBe('system');
    expect(settings.locale.value).toBe('system');
    expect(settings.servers.value).toBeNull();
    expect(storage.values.size).toBe(0);
  });

  it('keeps what was chosen', () => {
    const storage = new MemoryStorage();
    const settings = createSettings(storage);
    settings.theme.value = 'dark';
    settings.servers.value = ['builtin', 'files'];
    const again = createSettings(storage);
    expect(again.theme.value).toBe('dark');
    expect(again.servers.value).toEqual(['builtin', 'files']);
  });

  it.each(['{', '[]', '7', 'null', '{"theme":"pink","servers":7,"locale":[]}'])('survives %s', (text) => {
    const storage = new MemoryStorage();
    storage.set('settings', text);
    const settings = createSettings(storage);
    expect([settings.theme.value, settings.locale.value, settings.servers.value]).toEqual([
      'system',
      'system',
      null,
    ]);
  });
});
