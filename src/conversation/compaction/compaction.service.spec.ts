import { Logger } from '@nestjs/common';
import type { Kysely } from 'kysely';
import {
  scripts,
  startScriptedOpenAi,
  type ScriptedOpenAi,
} from '../../../test/support/scripted-openai/index.js';
import { ada, addTurn, eve, toolCall } from '../../../test/support/conversations.js';
import { describeOnEachDatabase } from '../../../test/support/databases.js';
import type { Database } from '../../database/schema.js';
import { ModelRegistry } from '../../model/model-registry.js';
import { OpenAiModelClient } from '../../model/openai-model-client.js';
import { RunStore } from '../../run/run.store.js';
import { compactRequest } from '../conversation-requests.js';
import { ConversationStore } from '../conversation.store.js';
import { modelMessages } from '../model-messages.js';
import type { StoredMessage } from '../stored-message.js';
import { CompactionService } from './compaction.service.js';
import { CompactionStore } from './compaction.store.js';
import { Summarizer } from './summarizer.js';

const { failing, saying } = scripts;
const said = (content: string): StoredMessage => ({ role: 'assistant', content });
let openai: ScriptedOpenAi;
beforeAll(async () => {
  openai = await startScriptedOpenAi();
  Logger.overrideLogger(false);
});
afterEach(() => openai.reset());
afterAll(async () => {
  await openai.stop();
  Logger.overrideLogger(['log']);
});

function serviceOn(db: Kysely<Database>): CompactionService {
  const models = new ModelRegistry([{ name: 'm', model: 'm', base_url: openai.baseUrl }]);
  const client = new OpenAiModelClient(models, {
    clocks: { firstChunkMs: 10_000, gapMs: 10_000 },
    retries: { maxRetries: 0, baseMs: 1, random: () => 0 },
  });
  return new CompactionService(new ConversationStore(db), new CompactionStore(db), new Summarizer(client));
}
const request = (change: object = {}) =>
  compactRequest.parse({ conversation_id: 'c', model_name: 'm', ...change });
const precise = (compact_threshold = 100) => request({ compact_type: 'precise', compact_threshold });

describeOnEachDatabase('CompactionService', (databases) => {
  const messagesOf = async (db: Kysely<Database>) =>
    (await new ConversationStore(db).rounds(ada, 'c')).map(({ messages }) => messages);

  it('[CONV-02] [CONV-01] is an event; what followed a round that is gone follows what that followed', async () => {
    const db = await databases.open();
    await addTurn(db, 'c', { question: 'one' });
    const gone = await addTurn(db, 'c', { question: 'two' });
    await addTurn(db, 'c', { question: 'three' });
    const last = await addTurn(db, 'c', { question: 'four' });
    // As an import can bring it: nothing that a compaction keeps.
    for (const run_id of [gone, last])
      await db
        .updateTable('rounds')
        .set({ messages: JSON.stringify([toolCall('a', 'x')[1]]) })
        .where('run_id', '=', run_id)
        .execute();
    const conversations = new ConversationStore(db);
    await serviceOn(db).compact(ada, request());

    expect(await messagesOf(db)).toMatchObject([
      [{ content: 'one' }, {}],
      [{ content: 'three' }, {}],
    ]);
    const compacted = {
      type: 'conversation.compacted',
      conversation_id: 'c',
      compact_type: 'brutal',
      round: 4,
      original_messages: 6,
      compacted_messages: 4,
      tool_contents_summarized: 0,
    };
    expect(await conversations.events(ada, 'c')).toEqual([
      { ...compacted, ts: expect.any(Number) as number },
    ]);
    await addTurn(db, 'c', { question: 'five' });
    expect((await conversations.rounds(ada, 'c')).map(({ round }) => round)).toEqual([1, 3, 5]);
    // Nothing is left to do, and nothing is told.
    await serviceOn(db).compact(ada, request());
    expect(await conversations.events(ada, 'c')).toHaveLength(1);
  });

  describe('brutal', () => {
    it('[D-28] keeps the question and the last answer with text, and no call without its result', async () => {
      const db = await databases.open();
      await addTurn(db, 'c', {
        question: 'one',
        answers: [
          said('Let me look.'),
          ...toolCall('a', 'seen'),
          { role: 'assistant', reasoning_content: 'hm', content: 'Found.' },
        ],
      });
      // Cut at the limit of the tool loop: the last thing said is a call.
      const [call, result] = toolCall('b', 'seen');
      await addTurn(db, 'c', {
        question: 'two',
        answers: [{ ...call!, content: 'Looking.' }, result!, ...toolCall('d', 'x')],
      });
      await addTurn(db, 'c', { question: 'three', answers: toolCall('e', 'x') });
      await addTurn(db, 'c', { question: 'four' });

      expect(await serviceOn(db).compact(ada, request())).toEqual({
        statistics: {
          original_rounds: 4,
          original_messages: 15,
          compacted_rounds: 4,
          compacted_messages: 7,
          compression_ratio: 0.533,
          tool_contents_summarized: 0,
        },
        left: 0,
      });
      const rounds = await messagesOf(db);
      expect(rounds).toEqual([
        [
          { role: 'user', content: 'one' },
          { role: 'assistant', reasoning_content: 'hm', content: 'Found.' },
        ],
        [{ role: 'user', content: 'two' }, said('Looking.')],
        [{ role: 'user', content: 'three' }],
        [{ role: 'user', content: 'four' }, said('Hi')],
      ]);
      expect(
        modelMessages(rounds.flat()).some((message) => message.role === 'tool' || 'tool_calls' in message),
      ).toBe(false);
      expect(await openai.requests()).toEqual([]);
    });

    it('[D-29] does nothing, without an error, where there is nothing to shorten', async () => {
      const db = await databases.open();
      await addTurn(db, 'c');
      const nothing = { original_messages: 2, compacted_messages: 2, compression_ratio: 0 };
      expect(await serviceOn(db).compact(ada, request())).toMatchObject({ statistics: nothing });
      expect(await serviceOn(db).compact(ada, precise())).toMatchObject({ statistics: nothing });
    });

    it('leaves a round whose run still works', async () => {
      const db = await databases.open();
      await addTurn(db, 'c', { answers: toolCall('a', 'x') });
      const working = await addTurn(db, 'c', { unfinished: true });
      await serviceOn(db).compact(ada, request());
      const messages: StoredMessage[] = [
        { role: 'user', content: 'hello' },
        ...toolCall('b', 'y'),
        said('Done.'),
      ];
      await new RunStore(db).finish(
        working,
        1,
        { state: 'completed', terminal: {}, usage: undefined, lastSeq: 1, releaseKey: false, messages },
        2,
      );
      expect(await messagesOf(db)).toEqual([[{ role: 'user', content: 'hello' }], messages]);
    });
  });

  describe('precise', () => {
    const long = (word: string) => `${word} `.repeat(60).trim();

    it('puts summaries in the place of long results, and leaves everything else', async () => {
      const db = await databases.open();
      await openai.push(saying('<think>well</think>', ' short '));
      await addTurn(db, 'c', {
        answers: [...toolCall('a', long('sea')), ...toolCall('b', 'brief'), said('Done.')],
      });

      expect(await serviceOn(db).compact(ada, precise())).toMatchObject({
        statistics: {
          original_messages: 6,
          compacted_messages: 6,
          compression_ratio: 0,
          tool_contents_summarized: 1,
        },
        left: 0,
      });
      expect(await messagesOf(db)).toEqual([
        [
          { role: 'user', content: 'hello' },
          ...toolCall('a', '[已总结] short'),
          ...toolCall('b', 'brief'),
          said('Done.'),
        ],
      ]);
      const [asked] = await openai.requests();
      expect(asked?.body).toMatchObject({
        messages: [
          { role: 'system', content: expect.stringContaining('Summarise') },
          { role: 'user', content: long('sea') },
        ],
      });
    });

    it('counts characters, and asks in Chinese where the result is', async () => {
      const db = await databases.open();
      await openai.push(saying('海'));
      await addTurn(db, 'c', {
        answers: [...toolCall('a', '海'.repeat(100)), ...toolCall('b', '🌊'.repeat(99))],
      });
      expect((await serviceOn(db).compact(ada, precise())).statistics.tool_contents_summarized).toBe(1);
      expect(JSON.stringify((await openai.requests())[0]?.body)).toContain('总结');
    });

    it('cuts what the model will never summarise', async () => {
      const db = await databases.open();
      await openai.push(scripts.contextTooLong());
      await addTurn(db, 'c', { answers: toolCall('a', 'x'.repeat(500)) });
      expect((await serviceOn(db).compact(ada, precise())).statistics.tool_contents_summarized).toBe(0);
      expect((await messagesOf(db))[0]?.[2]).toMatchObject({
        content: `[总结失败，已截断] ${'x'.repeat(200)}...`,
      });
    });

    it.each([
      ['is down', () => failing(503), 'upstream_unavailable'],
      ['refuses the key', () => scripts.unauthorized(), 'upstream_unauthorized'],
    ])('changes nothing and says why when the model %s', async (_name, script, code) => {
      const db = await databases.open();
      await openai.script('m', script());
      await addTurn(db, 'c', { answers: toolCall('a', long('sea')) });
      const before = await messagesOf(db);
      await expect(serviceOn(db).compact(ada, precise())).rejects.toMatchObject({ code });
      expect(await messagesOf(db)).toEqual(before);
    });

    it('keeps what could be done when the model fails for the rest, and tells how much is left', async () => {
      const db = await databases.open();
      await openai.push(saying('short'), failing(503));
      await addTurn(db, 'c', { answers: [...toolCall('a', long('sea')), ...toolCall('b', long('sun'))] });
      expect(await serviceOn(db).compact(ada, precise())).toMatchObject({
        statistics: { tool_contents_summarized: 1 },
        left: 1,
      });
      const contents = (await messagesOf(db))[0]!
        .filter(({ role }) => role === 'tool')
        .map(({ content }) => content);
      expect(contents).toContain('[已总结] short');
      expect(contents.some((content) => content === long('sea') || content === long('sun'))).toBe(true);
    });

    it('[D-56] loses no round that came, and none that changed, while the model worked', async () => {
      const db = await databases.open();
      await openai.push(scripts.slow(['short']));
      await addTurn(db, 'c', { answers: toolCall('a', long('sea')) });
      const compacting = serviceOn(db).compact(ada, precise());
      await openai.received(1);
      await addTurn(db, 'c', { question: 'meanwhile' });
      expect((await serviceOn(db).compact(ada, request())).statistics.compacted_messages).toBe(3);
      await openai.release('gate', 2);

      expect((await compacting).statistics.tool_contents_summarized).toBe(0);
      expect(await messagesOf(db)).toEqual([
        [{ role: 'user', content: 'hello' }],
        [{ role: 'user', content: 'meanwhile' }, said('Hi')],
      ]);
    });
  });

  it('is refused for what is no chat, and finds nothing of another owner', async () => {
    const db = await databases.open();
    await addTurn(db, 'c', { type: 'graph' });
    const service = serviceOn(db);
    await expect(service.compact(ada, request())).rejects.toMatchObject({
      code: 'wrong_conversation_type',
      detail: '暂时只支持聊天对话的压缩',
    });
    await expect(service.compact(eve, request())).rejects.toMatchObject({ code: 'conversation_not_found' });
  });
});
