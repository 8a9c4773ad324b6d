import { LOCAL_OWNER } from '../auth/owner.js';
import { chatRequest, type ChatRequest } from '../protocol/requests.js';
import { chatRun } from './chat-run.js';
import type { ChatService } from './chat.service.js';

const chat = {} as ChatService;
const request = (more: object = {}): ChatRequest =>
  chatRequest.parse({ user_prompt: ' Hi ', model_name: 'm', conversation_id: 'c', ...more });
const runOf = (more?: object, key?: string) => chatRun(chat, LOCAL_OWNER, request(more), key);

describe('chatRun', () => {
  test('[HTTP-01] refuses blank prompts and an empty model, in this order', () => {
    expect(() => runOf({ user_prompt: ' \n', model_name: '' })).toThrow('blank_prompt');
    expect(() => runOf({ model_name: '' })).toThrow('model_required');
  });

  test('[STORE-01] stores the trimmed prompt', () => {
    expect(runOf().messages).toEqual([{ role: 'user', content: 'Hi' }]);
  });

  test('[CHAT-08] without a conversation id it belongs to no conversation', () => {
    for (const conversation_id of [null, undefined])
      expect(runOf({ conversation_id }).conversation).toBeUndefined();
    expect(runOf().conversation).toMatchObject({ id: 'c', type: 'chat' });
  });

  test.each([
    ['c', undefined, 'continue'],
    [null, undefined, 'cancel'],
    ['c', 'cancel', 'cancel'],
    [null, 'continue', 'continue'],
  ])('[RUN-16] conversation %j and on_disconnect %j mean %s', (conversation_id, on_disconnect, expected) => {
    expect(runOf({ conversation_id, on_disconnect }).onDisconnect).toBe(expected);
  });

  test('[STORE-03] is called after the first line of its prompt, whole characters, at most 40', () => {
    expect(runOf({ user_prompt: 'One\nTwo' }).conversation?.title).toBe('One');
    expect(runOf({ user_prompt: '🌏'.repeat(41) }).conversation?.title).toBe(`${'🌏'.repeat(40)}…`);
  });

  test('[RUN-09] the same question has the same hash, streamed or not; another question has another', () => {
    const hashOf = (more?: object) => runOf(more, 'key').idempotency?.requestHash;
    expect(runOf().idempotency).toBeUndefined();
    expect(runOf({}, 'key').idempotency?.key).toBe('key');
    expect(hashOf({ stream: false })).toBe(hashOf());
    const others = [
      { user_prompt: 'Ho' },
      { model_name: 'n' },
      { conversation_id: 'd' },
      { mcp_servers: ['s'] },
      { system_prompt: 's' },
    ];
    expect(new Set([hashOf(), ...others.map(hashOf)]).size).toBe(6);
  });
});
