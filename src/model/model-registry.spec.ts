import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ModelRegistry } from './model-registry.js';

describe('[MODEL-04] ModelRegistry', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'models-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const load = (settings: Parameters<typeof ModelRegistry.load>[0] = {}, env: Record<string, string> = {}) =>
    ModelRegistry.load(settings, env, directory);
  const write = (content: unknown, file = 'models.json') =>
    writeFileSync(join(directory, file), typeof content === 'string' ? content : JSON.stringify(content));
  const model = {
    name: 'gpt',
    base_url: 'https://api.example.com/v1',
    api_key: 'sk-1234567890',
    model: 'gpt-x',
  };

  describe('without a file', () => {
    it('has the demo model when nothing is set', () => {
      expect(load().list()).toEqual([{ name: 'demo', base_url: 'demo:', model: 'demo' }]);
    });

    it.each([
      [{ OPENAI_API_KEY: 'k' }, 'gpt-5-mini', 'https://api.openai.com/v1'],
      [{ OPENAI_API_KEY: 'k', OPENAI_MODEL: 'gpt-x' }, 'gpt-x', 'https://api.openai.com/v1'],
      [{ OPENAI_BASE_URL: 'http://127.0.0.1:8000/v1', OPENAI_MODEL: 'q' }, 'q', 'http://127.0.0.1:8000/v1'],
    ])('makes one model of %j', (settings, name, base_url) => {
      expect(load(settings).list()).toEqual([{ name, base_url, model: name }]);
    });

    it.each([[{ OPENAI_BASE_URL: 'http://127.0.0.1:8000/v1' }], [{ OPENAI_MODEL: 'm' }]])(
      'does not guess what is missing beside %j',
      (settings) => expect(() => load(settings)).toThrow(/OPENAI_MODEL: /),
    );
  });

  describe('with a file', () => {
    it('reads models.json where it is, before OPENAI_*, as a list or under "models"', () => {
      write([model]);
      expect(load({ OPENAI_API_KEY: 'k' }).list()).toEqual([
        { name: 'gpt', base_url: 'https://api.example.com/v1', model: 'gpt-x' },
      ]);
      write({ models: [model, { name: 'demo', base_url: 'demo:', model: 'demo' }] });
      expect(
        load()
          .list()
          .map(({ name }) => name),
      ).toEqual(['gpt', 'demo']);
    });

    it('reads MODELS_FILE, which must exist', () => {
      write([model], 'mine.json');
      expect(load({ MODELS_FILE: 'mine.json' }).find('gpt').model).toBe('gpt-x');
      expect(() => load({ MODELS_FILE: 'other.json' })).toThrow(/MODELS_FILE: .*other\.json cannot be read/);
    });

    it('replaces ${ENV} in the key, the base URL and the headers', () => {
      write([
        {
          ...model,
          api_key: '${KEY}',
          base_url: 'http://${HOST_NAME}:1/v1',
          extra_headers: { 'x-team': 'a-${TEAM}' },
          extra_body: { user: '${TEAM}' },
        },
      ]);
      expect(load({}, { KEY: 'k', HOST_NAME: 'box', TEAM: 't' }).find('gpt')).toMatchObject({
        api_key: 'k',
        base_url: 'http://box:1/v1',
        extra_headers: { 'x-team': 'a-t' },
        extra_body: { user: '${TEAM}' },
      });
    });

    it.each([
      [
        { ...model, api_key: '${NOT_SET}' },
        'models.json: entry 1 ("gpt"): api_key: the environment variable NOT_SET is not set',
      ],
      [
        { ...model, extra_headers: { a: '${NOT_SET}' } },
        'entry 1 ("gpt"): extra_headers.a: the environment variable NOT_SET',
      ],
      [{ ...model, base_url: 'ftp://x' }, 'entry 1 ("gpt"): base_url: must be an http or https URL'],
      [{ ...model, temperature: 3 }, 'entry 1 ("gpt"): temperature: '],
      [{ ...model, model: undefined }, 'entry 1 ("gpt"): model: '],
      [{ ...model, name: 7 }, 'models.json: entry 1: name: '],
      [{ ...model, extra_headers: { 'a b': 'x' } }, 'entry 1 ("gpt"): extra_headers.a b: '],
      ['gpt', 'models.json: entry 1: '],
    ])('says where the fault of %j is', (entry, message) => {
      write([entry]);
      expect(() => load()).toThrow(message);
    });

    it.each([
      [[], 'models.json: has no models'],
      [[model, model], 'models.json: the name "gpt" is used twice'],
      [{ model }, 'models.json: must be a list of models'],
      ['[{"api_key": "sk-very-secret" "x"}]', 'models.json: is not valid JSON'],
      ['[{"api_key": sk-very-secret}]', 'models.json: is not valid JSON'],
    ])('refuses %j, without showing what is in it', (content, message) => {
      write(content);
      let error: Error | undefined;
      try {
        load();
      } catch (thrown) {
        error = thrown as Error;
      }
      expect(error?.message).toContain(message);
      expect(error?.message).not.toContain('secret');
    });

    it('takes null for absent, and other fields for nothing', () => {
      write([{ ...model, temperature: null, extra_headers: null, colour: 'blue' }]);
      expect(load().find('gpt')).not.toHaveProperty('colour');
    });
  });

  describe('what leaves the server', () => {
    it('is never a key', () => {
      write([
        {
          ...model,
          base_url: 'https://user:pa55word@api.example.com/v1?key=pa55word#pa55word',
          api_key: 'pa55word',
          extra_headers: { 'x-key': 'pa55word' },
          extra_body: { api_key: 'pa55word' },
          temperature: 0.5,
        },
      ]);
      const models = load();
      expect(models.describe('gpt')).toEqual({
        name: 'gpt',
        base_url: 'https://api.example.com/v1',
        model: 'gpt-x',
        temperature: 0.5,
      });
      expect(JSON.stringify([models.list(), models.describe('gpt'), models])).not.toContain('pa55word');
    });

    it('names a model that is not there', () => {
      expect(() => load().find('x')).toThrow(expect.objectContaining({ code: 'unknown_model', status: 400 }));
      expect(() => load().describe('x')).toThrow(
        expect.objectContaining({ code: 'model_not_found', status: 404 }),
      );
    });
  });
});
