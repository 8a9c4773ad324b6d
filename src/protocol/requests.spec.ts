import fc from 'fast-check';
import { chatRequest, conversationId, MAX_PROMPT_LENGTH } from './requests.js';
import { anyCharacter } from './text.arbitrary.js';

const least = { user_prompt: 'hello', model_name: 'demo' };
const faultsOf = (body: unknown): string[] =>
  chatRequest.safeParse(body).error?.issues.map((issue) => issue.path.join('.')) ?? [];

describe('the chat request', () => {
  it('fills in the defaults of the seed', () => {
    expect(chatRequest.parse(least)).toEqual({
      ...least,
      mcp_servers: [],
      on_busy: 'queue',
      stream: true,
    });
  });

  it('takes every field, and ignores those it does not know', () => {
    const whole = {
      ...least,
      system_prompt: 'S',
      mcp_servers: ['builtin'],
      conversation_id: '65f1c0ffee65f1c0ffee65f1',
      user_id: 'default_user',
      stream: false,
      on_disconnect: 'cancel',
      on_busy: 'interrupt',
      after_run_id: '01JD8Z3Q4T9KX2M5N7P0RSTVWX',
    };
    expect(chatRequest.parse({ ...whole, temperature: 2 })).toEqual(whole);
    expect(chatRequest.parse({ ...least, conversation_id: null }).conversation_id).toBeNull();
  });

  it.each([
    [true, true],
    ['true', true],
    ['True', true],
    [1, true],
    ['1', true],
    ['yes', true],
    ['on', true],
    [false, false],
    ['false', false],
    ['FALSE', false],
    [0, false],
    ['0', false],
    ['no', false],
    ['off', false],
  ])('reads stream: %j as %j', (value, expected) => {
    expect(chatRequest.parse({ ...least, stream: value }).stream).toBe(expected);
  });

  it.each([
    [{}, ['user_prompt', 'model_name']],
    [null, ['']],
    ['text', ['']],
    [[], ['']],
    [{ ...least, user_prompt: 1 }, ['user_prompt']],
    [{ ...least, user_prompt: null }, ['user_prompt']],
    [{ ...least, user_prompt: 'x'.repeat(MAX_PROMPT_LENGTH + 1) }, ['user_prompt']],
    [{ ...least, model_name: 'x'.repeat(257) }, ['model_name']],
    [{ ...least, system_prompt: null }, ['system_prompt']],
    [{ ...least, mcp_servers: null }, ['mcp_servers']],
    [{ ...least, mcp_servers: 'builtin' }, ['mcp_servers']],
    [{ ...least, mcp_servers: [''] }, ['mcp_servers.0']],
    [{ ...least, mcp_servers: Array.from({ length: 65 }, () => 'a') }, ['mcp_servers']],
    [{ ...least, conversation_id: '' }, ['conversation_id']],
    [{ ...least, conversation_id: 'a/b' }, ['conversation_id']],
    [{ ...least, stream: 2 }, ['stream']],
    [{ ...least, stream: 'maybe' }, ['stream']],
    [{ ...least, stream: null }, ['stream']],
    [{ ...least, on_disconnect: 'ignore' }, ['on_disconnect']],
  ])('refuses %j', (body, fields) => {
    expect(faultsOf(body)).toEqual(fields);
  });

  it('leaves blank prompts and model names to the controller, which answers 400', () => {
    expect(faultsOf({ user_prompt: ' \n', model_name: '' })).toEqual([]);
  });

  it('takes a prompt of exactly the longest length', () => {
    expect(faultsOf({ ...least, user_prompt: 'x'.repeat(MAX_PROMPT_LENGTH) })).toEqual([]);
  });

  it('makes any prompt text that every store and wire takes, and changes nothing else', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: anyCharacter }),
        fc.constantFrom('', '\0', '\ud800', '\udc00', '\ud800\0'),
        (text, odd) => {
          const { user_prompt, system_prompt } = chatRequest.parse({
            ...least,
            user_prompt: text + odd + text,
            system_prompt: odd,
          });
          for (const made of [user_prompt, system_prompt]) {
            expect(made).not.toContain('\0');
            expect(made?.isWellFormed()).toBe(true);
          }
          if (odd === '' && !text.includes('\0') && text.isWellFormed())
            expect(user_prompt).toBe(text + text);
        },
      ),
    );
    expect(chatRequest.parse({ ...least, user_prompt: 'a\0b\ud800c' }).user_prompt).toBe('ab\ufffdc');
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (body) =>
        expect(typeof chatRequest.safeParse(body).success).toBe('boolean'),
      ),
    );
  });
});

describe('a conversation id', () => {
  it.each([
    'a',
    '65f1c0ffee65f1c0ffee65f1',
    'gen_0123',
    'g1_1795367845392658_bb48827c',
    'A.b-c:d',
    'x'.repeat(128),
  ])('may be %s', (id) => expect(conversationId.parse(id)).toBe(id));

  it.each(['', ' ', 'a b', 'a/b', '../x', 'á', 'a\n', 'a\0', "a'--", 'x'.repeat(129)])(
    'may not be %j',
    (id) => {
      expect(conversationId.safeParse(id).success).toBe(false);
    },
  );
});
