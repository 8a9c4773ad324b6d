import { Logger } from '@nestjs/common';
import type { Kysely } from 'kysely';
import {
  scripts,
  startScriptedOpenAi,
  type ScriptedOpenAi,
} from '../../../test/support/scripted-openai/index.js';
import type { Owner } from '../../auth/owner.js';
import { openDatabase } from '../../database/open-database.js';
import type { Database } from '../../database/schema.js';
import { DEMO_BASE_URL } from '../../model/model-config.js';
import { ModelRegistry } from '../../model/model-registry.js';
import { OpenAiModelClient } from '../../model/openai-model-client.js';
import { RunStore } from '../../run/run.store.js';
import { ConversationStore } from '../conversation.store.js';
import type { StoredMessage } from '../stored-message.js';
import { TitleMaker } from './title-maker.js';

const ada: Owner = { tenant_id: 't', user_id: 'ada' };
const { answer, saying, slow, text } = scripts;
let openai: ScriptedOpenAi;
let db: Kysely<Database>;
let store: ConversationStore;
let runs = 0;

beforeAll(async () => {
  openai = await startScriptedOpenAi();
  Logger.overrideLogger(false);
});
afterAll(async () => {
  await openai.stop();
  Logger.overrideLogger(['log']);
});
beforeEach(async () => {
  db = await openDatabase('sqlite::memory:');
  store = new ConversationStore(db);
});
afterEach(async () => {
  await openai.reset();
  await db.destroy();
});

function maker(CHAT_TITLES: 'on' | 'off' = 'on'): TitleMaker {
  const models = new ModelRegistry([
    { name: 'm', model: 'm', base_url: openai.baseUrl },
    { name: 'demo', model: 'demo', base_url: DEMO_BASE_URL },
  ]);
  const client = new OpenAiModelClient(models, {
    clocks: { firstChunkMs: 10_000, gapMs: 10_000 },
    retries: { maxRetries: 0, baseMs: 1, random: () => 0 },
  });
  return new TitleMaker(store, models, client, { CHAT_TITLES });
}

async function turn(
  answers: StoredMessage[],
  question = 'How is the sea today?',
  type: 'chat' | 'agent' | 'graph' = 'chat',
) {
  runs += 1;
  const id = `run-${runs}`;
  const asked: StoredMessage = { role: 'user', content: question };
  const run = { id, instanceId: 'one', owner: ada, mode: 'chat' as const, model: 'm' };
  const runStore = new RunStore(db);
  await runStore.start({ ...run, conversation: { id: 'c', type, title: 'How is' }, messages: [asked] }, 1);
  const end = { state: 'completed' as const, terminal: {}, usage: undefined, lastSeq: 1, releaseKey: false };
  await runStore.finish(id, 1, { ...end, messages: [asked, ...answers] }, 2);
}
const said = (content: string): StoredMessage => ({ role: 'assistant', content });
const named = async () => {
  const { title, tags, titled_by, updated_at } = (await store.find(ada, 'c'))!;
  return { title, tags: JSON.parse(tags) as string[], titled_by, updated_at };
};
const titled = () => saying('<title>The sea</title>', '<tags>sea, weather,sun</tags>');

describe('TitleMaker', () => {
  it('names a conversation after its first answer, and leaves its place in the list', async () => {
    await openai.push(titled());
    await turn([said('Calm.')]);
    expect(await maker().onRunCompleted(ada, 'c', 'm')).toEqual({
      title: 'The sea',
      tags: ['sea', 'weather', 'sun'],
    });
    expect(await named()).toEqual({
      title: 'The sea',
      tags: ['sea', 'weather', 'sun'],
      titled_by: 'model',
      updated_at: 2,
    });
    const [request] = await openai.requests();
    expect(request?.body).toMatchObject({
      model: 'm',
      messages: [
        { role: 'system', content: expect.stringContaining('<tags>one,two,three</tags>') },
        { role: 'user', content: '<user>\nHow is the sea today?\n</user>\n<assistant>\nCalm.\n</assistant>' },
      ],
    });
    expect(request?.body).not.toHaveProperty('tools');
  });

  it('asks in Chinese where the question is', async () => {
    await openai.push(saying('<title>海</title>'));
    await turn([said('很平静。')], '今天的海怎么样？');
    await maker().onRunCompleted(ada, 'c', 'm');
    const [request] = await openai.requests();
    expect(JSON.stringify(request?.body)).toContain('不超过10个字');
    expect(await named()).toMatchObject({ title: '海', tags: [] });
  });

  it('[D-27] takes the first answer that has text, also after a tool call', async () => {
    await openai.push(titled());
    const call = { id: 'a', type: 'function' as const, function: { name: 'look', arguments: '{}' } };
    await turn([
      { role: 'assistant', content: '', tool_calls: [call] },
      { role: 'tool', tool_call_id: 'a', content: 'waves' },
      said('Rough.'),
    ]);
    await maker().onRunCompleted(ada, 'c', 'm');
    const [request] = await openai.requests();
    expect(JSON.stringify(request?.body)).toContain('<assistant>\\nRough.\\n</assistant>');
    expect(await named()).toMatchObject({ title: 'The sea' });
  });

  it('names conversations of every kind, after what the agent said that was asked rather than one that it called', async () => {
    await openai.script('m', saying('<title>The sea</title>'));
    const inner: StoredMessage = { role: 'assistant', content: 'Waves of 2 m.', node_run_id: 'n' };
    for (const type of ['agent', 'graph'] as const) {
      await turn(type === 'agent' ? [inner, said('Calm.')] : [inner], undefined, type);
      expect(await maker().onRunCompleted(ada, 'c', 'm')).toMatchObject({ title: 'The sea' });
      const { body } = (await openai.requests()).at(-1)!;
      expect(JSON.stringify(body)).toContain(type === 'agent' ? 'Calm.' : 'Waves of 2 m.');
      await db.deleteFrom('conversations').execute();
      await db.deleteFrom('rounds').execute();
    }
  });

  it('leaves out the reasoning that a model writes into its answer', async () => {
    await openai.push(saying('<think>Perhaps <title>Wrong</title></think>', '<title>Right</title>'));
    await turn([said('Calm.')]);
    await maker().onRunCompleted(ada, 'c', 'm');
    expect(await named()).toMatchObject({ title: 'Right' });
  });

  it('names a conversation once', async () => {
    await openai.push(titled());
    await turn([said('Calm.')]);
    const titles = maker();
    await Promise.all([titles.onRunCompleted(ada, 'c', 'm'), titles.onRunCompleted(ada, 'c', 'm')]);
    await turn([said('Still calm.')]);
    expect(await titles.onRunCompleted(ada, 'c', 'm')).toBeNull();
    expect(await openai.requests()).toHaveLength(1);
  });

  it('never replaces a title that a person gave, not even while the model answers', async () => {
    await openai.push(slow(['<title>The sea</title>']));
    await turn([said('Calm.')]);
    const made = maker().onRunCompleted(ada, 'c', 'm');
    await openai.received(1);
    await store.rename(ada, 'c', 'Mine');
    await openai.release('gate', 2);
    expect(await made).toBeNull();
    expect(await named()).toMatchObject({ title: 'Mine', titled_by: 'user' });
    expect(await maker().onRunCompleted(ada, 'c', 'm')).toBeNull();
    expect(await openai.requests()).toHaveLength(1);
  });

  it('leaves tags that a person set', async () => {
    await openai.push(titled());
    await turn([said('Calm.')]);
    await store.setTags(ada, 'c', ['mine']);
    await maker().onRunCompleted(ada, 'c', 'm');
    expect(await named()).toMatchObject({ title: 'The sea', tags: ['mine'] });
  });

  it('is harmless when the model fails, and tries again after the next two answers only', async () => {
    await openai.script('m', scripts.failing(500));
    for (let round = 1; round <= 4; round += 1) {
      await turn([said('Calm.')]);
      expect(await maker().onRunCompleted(ada, 'c', 'm')).toBeNull();
    }
    expect(await openai.requests()).toHaveLength(3);
    expect(await named()).toMatchObject({ title: 'How is', titled_by: 'prompt' });
  });

  it.each([
    ['it is off', 'off' as const, 'm'],
    ['the model is the demo', 'on' as const, 'demo'],
    ['the model is gone', 'on' as const, 'gone'],
  ])('makes no call when %s', async (_name, setting, model) => {
    await turn([said('Calm.')]);
    expect(await maker(setting).onRunCompleted(ada, 'c', model)).toBeNull();
    expect(await openai.requests()).toEqual([]);
    expect(await named()).toMatchObject({ title: 'How is' });
  });

  it.each([
    ['there is no such conversation', async () => {}],
    ['there is no text yet', () => turn([said(' ')])],
  ])('makes no call when %s', async (_name, prepare) => {
    await prepare();
    expect(await maker().onRunCompleted(ada, 'c', 'm')).toBeNull();
    expect(await openai.requests()).toEqual([]);
  });

  it('stops its calls when the server does, and begins no more', async () => {
    await openai.push(answer(text('<title>'), scripts.hang()));
    await turn([said('Calm.')]);
    const titles = maker();
    const made = titles.onRunCompleted(ada, 'c', 'm');
    const { number } = await openai.received(1);
    await titles.beforeApplicationShutdown();
    expect(await made).toBeNull();
    expect((await openai.closed(number)).closedBy).toBe('client');
    expect(await titles.onRunCompleted(ada, 'c', 'm')).toBeNull();
    expect(await openai.requests()).toHaveLength(1);
  });
});
