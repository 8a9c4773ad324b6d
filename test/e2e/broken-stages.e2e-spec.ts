import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkHistory, textsOf } from '../support/history-checker.js';
import { scripts, type Answer, type Script } from '../support/scripted-openai/index.js';
import type { TestServer } from '../support/server.js';
import { World } from '../support/world.js';

const { answer, calling, done, finish, gate, saying, text, turns, usage } = scripts;
const BREAK_STAGES = pathToFileURL(join(import.meta.dirname, '../support/break-stages.js')).href;

let world: World;
let server: TestServer;
beforeAll(async () => {
  world = await World.start({}, ['custom']);
  server = await world.another({ NODE_OPTIONS: `--import=${BREAK_STAGES}`, MILLRACE_BUILD: 'dist/modules' });
});
afterAll(() => world.stop());
afterEach(() => world.openai.reset());

const echo = (message: string): Script =>
  turns(calling({ id: 'a', name: 'hostile__echo', args: { message } }), saying('never'));
const says = (words: string): Answer =>
  answer(text('Hello '), gate('words'), text(words), finish(), usage(), done());

/** What is sent, and what the model answers, so that a stage meets the words at which it throws; then the text that is kept. */
const stages: [stage: string, body: object, script: Script, kept: string[]][] = [
  ['history', {}, saying('never'), []],
  ['tools', { mcp_servers: ['break-tools'] }, saying('never'), []],
  ['model', { user_prompt: 'break-model' }, saying('never'), ['']],
  ['events', {}, says('break-events'), ['Hello ']],
  ['arguments', { mcp_servers: ['hostile'] }, echo('break-arguments'), ['']],
  ['call', { mcp_servers: ['hostile'] }, echo('break-call'), ['']],
  ['checkpoint', {}, says('break-checkpoint'), ['Hello break-checkpoint']],
];

test.each(stages)(
  '[FAULT-15] [RUN-01] [P3] what is thrown by "%s" fails that run alone, with its text kept and no words of it in the log',
  async (stage, body, script, kept) => {
    const conversation_id = stage === 'history' ? 'break-history' : `broken-${stage}`;
    await world.openai.push(answer(text('one '), gate('other'), text('two'), finish(), usage(), done()));
    const other = await world.chat({ conversation_id: `other-${stage}` }, { server });
    await other.frame((item) => JSON.stringify(item).includes('one '));

    await world.openai.script('custom', script);
    const broken = await world.chat({ conversation_id, model_name: 'custom', ...body }, { server });
    if (kept[0]?.startsWith('Hello')) await broken.frame((item) => JSON.stringify(item).includes('Hello '));
    await world.openai.release('words');
    const frames = await broken.toEnd();
    const [round] = await world.rounds(conversation_id, server);
    const { state } = checkHistory([frames], round!.messages);
    expect(state).toMatchObject({ phase: 'failed', error: { code: 'internal', retryable: true } });
    expect(textsOf(state)).toEqual(kept);
    expect(broken.text).not.toContain('secret words');

    await world.openai.release('other');
    expect(textsOf(checkHistory([await other.toEnd()]).state)).toEqual(['one two']);

    const lines = server
      .output()
      .split('\n')
      .filter((line) => line.includes(broken.runId));
    expect(lines).toEqual([expect.stringContaining('A run failed')]);
    expect(lines[0]).toContain('TypeError');
    expect(server.output()).not.toContain('secret words');
  },
);

test('[FAULT-15] [SSE-14] what is thrown while frames are made breaks that response, and no run', async () => {
  await world.openai.push(answer(text('one '), gate(), text('break-frames'), finish(), usage(), done()));
  const reader = await world.chat({ conversation_id: 'frames' }, { server });
  await reader.frame((item) => JSON.stringify(item).includes('one '));
  await world.openai.release();
  expect(await reader.over()).toBe('cut');
  expect(await world.ended(reader.runId, server)).toMatchObject({ state: 'completed' });
  expect((await world.rounds('frames', server))[0]!.messages.at(-1)).toMatchObject({
    content: 'one break-frames',
  });
  expect(server.output()).not.toContain('secret words');
});
