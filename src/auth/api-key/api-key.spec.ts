import { API_KEY_IN_TEXT, apiKeyId, hashApiKey, makeApiKey } from './api-key.js';

describe('API keys', () => {
  it('are mr_, a public id and 256 bits, never the same', () => {
    const keys = Array.from({ length: 100 }, makeApiKey);
    for (const { id, key, hash } of keys) {
      expect(key).toMatch(new RegExp(`^mr_${id}_[0-9a-f]{64}$`));
      expect(apiKeyId(key)).toBe(id);
      expect(hash).toBe(hashApiKey(key));
      expect(hash).not.toContain(key.slice(-64));
    }
    expect(new Set(keys.map(({ key }) => key)).size).toBe(100);
    expect(new Set(keys.map(({ id }) => id)).size).toBe(100);
  });

  it('have one spelling', () => {
    const { key } = makeApiKey();
    for (const other of ['', `${key} `, ` ${key}`, `${key}\n`, key.toUpperCase(), key.slice(1), `${key}0`])
      expect(apiKeyId(other)).toBeNull();
  });

  it('are found in a text', () => {
    expect(API_KEY_IN_TEXT.test(`see ${makeApiKey().key}!`)).toBe(true);
    expect(API_KEY_IN_TEXT.test('mr_smith')).toBe(false);
  });
});
