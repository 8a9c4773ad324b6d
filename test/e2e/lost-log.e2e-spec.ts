import { setTimeout as sleep } from 'node:timers/promises';
import { missingRedis, RedisProcess } from '../../src/run/log/redis/testing/redis-process.js';
import { checkHistory, decodeFrames, fold, textsOf, type Item } from '../support/history-checker.js';
import { abandonAll, PersistentReader } from '../support/persistent-reader.js';
import { GraphClient, graph } from '../support/graphs.js';
import { startPostgres, type TestPostgres } from '../support/postgres.js';
import { scripts } from '../support/scripted-openai/index.js';
import type { TestServer } from '../support/server.js';
import { newConversation, World } from '../support/world.js';

const { answer, done, finish, gate, text } = scripts;
const missing = missingRedis();
if (missing) console.log(`SKIPPED lost logs: ${missing}`);
const withRedis = missing ? describe.skip : describe;

let world: World;
let postgres: TestPostgres;
let DATABASE_URL: string;
beforeAll(async () => {
  if (missing) return;
  [world, postgres] = await Promise.all([World.start(), startPostgres()]);
  DATABASE_URL = await postgres.createDatabase();
}, 120_000);
afterAll(async () => {
  if (missing) return;
  await world.stop();
  await postgres.stop();
}, 60_000);
afterEach(async () => {
  abandonAll();
  await world?.openai.reset();
});

/** Short, so that the death of an owner is noticed soon. */
const LEASE_SECONDS = '5';
const PIECE = 'x'.repeat(64 * 1024);
/** More than a run keeps for a log that is away. */
const MUCH = Array.from({ length: 24 }, (_, at) => `${at}${PIECE}`);
let runs = 0;

/** A run on the first server, and a reader on each that has seen its first word. It says its middle and its last word on demand. */
class LiveRun {
  readers: PersistentReader[] = [];

  private constructor(
    readonly runId: string,
    readonly conversation: string,
    readonly words: string,
    private readonly name: string,
    private readonly servers: TestServer[],
  ) {}

  static async begin(servers: TestServer[], middle: string[]): Promise<LiveRun> {
    const name = `${(runs += 1)}`;
    const conversation = newConversation();
    await world.openai.push(
      answer(
        text('first '),
        gate(`middle ${name}`),
        text(...middle),
        gate(`last ${name}`),
        text('last'),
        finish('stop'),
        done(),
      ),
    );
    const own = await world.chat({ conversation_id: conversation }, { server: servers[0]! });
    await own.frame((item) => JSON.stringify(item).includes('first '));
    own.leave();
    const run = new LiveRun(own.runId, conversation, `first ${middle.join('')}last`, name, servers);
    run.readers = servers.map((server) => new PersistentReader(world, own.runId, server));
    await run.seen('first ');
    return run;
  }

  async sayMiddle(): Promise<void> {
    await world.openai.release(`middle ${this.name}`);
  }

  async sayLast(): Promise<void> {
    await world.openai.release(`last ${this.name}`);
  }

  /** Resolves when every reader has seen a text. */
  async seen(words: string): Promise<void> {
    for (const reader of this.readers) await reader.saw(words);
  }

  /** The run has ended; what each reader saw, what those see that come late, and what is stored are the same. */
  async isWhole(): Promise<Item[][]> {
    const views = await Promise.all(this.readers.map(({ done: ended }) => ended));
    const late = this.servers.map((server) => new PersistentReader(world, this.runId, server).done);
    const [round] = await world.rounds(this.conversation, this.servers[0]);
    const { state } = checkHistory([...views, ...(await Promise.all(late))], round!.messages);
    expect(state.phase).toBe('completed');
    expect(textsOf(state)).toEqual([this.words]);
    return views.map(decodeFrames);
  }
}

const reasonsOf = (items: Item[]) =>
  items.flatMap((item) => (item.type === 'run.snapshot' ? item.reason : []));
/** A warning is an event, or in the snapshot of who came after it. */
const warningsOf = (items: Item[]) => fold(items).warnings.map(({ code }) => code);

withRedis('a Redis with its data', () => {
  let redis: RedisProcess;
  let servers: TestServer[];
  beforeAll(async () => {
    redis = await RedisProcess.start();
    const env = { DATABASE_URL, REDIS_URL: redis.url };
    servers = await Promise.all([world.another(env), world.another(env)]);
  }, 60_000);
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.kill()));
    await redis.dispose();
  });

  test('[FAULT-17] [LOG-05] [P1] [P20] is away for 10 s: what runs say is exact, or too much and begins anew', async () => {
    const short = await LiveRun.begin(servers, ['second ']);
    const silent = await LiveRun.begin(servers, ['second ']);
    const much = await LiveRun.begin(servers, MUCH);
    await redis.kill('SIGTERM');
    await Promise.all([short.sayMiddle(), much.sayMiddle()]);
    // Counted from when the runs noticed it, which takes an append 2.5 s.
    await sleep(12_000);
    await redis.start();
    await Promise.all([short.seen('second '), much.seen(MUCH.at(-1)!.slice(0, 50))]);
    await silent.sayMiddle();
    // A run that ends before its log is back has nothing to warn of.
    await silent.seen('second ');
    for (const run of [short, silent, much]) {
      await run.sayLast();
      const views = await run.isWhole();
      expect(views.map(warningsOf)).toEqual([['log_degraded'], ['log_degraded']]);
      expect(views.map(reasonsOf)).toEqual(run === much ? [['lost'], ['lost']] : [[], []]);
    }
  }, 120_000);

  test('[FAULT-18] [LOG-05] [P2] is emptied: a run that writes and one that is silent begin anew within seconds', async () => {
    const busy = await LiveRun.begin(servers, ['second ']);
    const silent = await LiveRun.begin(servers, ['second ']);
    await redis.command('FLUSHALL');
    await busy.sayMiddle();
    await busy.seen('second ');
    for (const reader of silent.readers) await reader.item('run_snapshot');
    await silent.sayMiddle();
    for (const run of [busy, silent]) {
      await run.sayLast();
      const views = await run.isWhole();
      expect(views.map(warningsOf)).toEqual([['log_degraded'], ['log_degraded']]);
      expect(views.map(reasonsOf)).toEqual([['lost'], ['lost']]);
      expect(run.readers.flatMap(({ refusals }) => refusals)).toEqual([]);
    }
    const [{ frames }] = busy.readers as [PersistentReader];
    const began = frames.findIndex(({ data }) => data.includes('"run_snapshot"'));
    for (let at = began; at < frames.length - 2; at += 1) {
      const resumed = new PersistentReader(world, busy.runId, servers[1]!, frames[at]!.id);
      checkHistory([frames, [...frames.slice(0, at + 1), ...(await resumed.done)]]);
    }
  }, 60_000);

  test('[GRAPH-10] [LOG-05] [P2] is emptied in the middle of a graph: it begins anew and completes, and its nodes are kept', async () => {
    const graphs = new GraphClient(world, servers[0]);
    await graphs.save(
      graph('logless', [
        { name: 'a', input_nodes: ['start'], output_nodes: ['b'], model_name: 'slow' },
        { name: 'b', input_nodes: ['a'], output_nodes: ['end'] },
      ]),
    );
    const conversation_id = newConversation();
    const stream = await graphs.execute({ graph_name: 'logless', input_text: 'Go', conversation_id });
    await world.openai.release('gate');
    await stream.frame((item) => JSON.stringify(item).includes('one'));
    const readers = servers.map((server) => new PersistentReader(world, stream.runId, server));
    for (const reader of readers) await reader.saw('one');
    await redis.command('FLUSHALL');
    await world.openai.release('gate');
    for (const reader of readers) await reader.saw('two');
    await world.openai.release('gate', 2);
    const views = await Promise.all(readers.map(({ done: over }) => over));
    const [round] = await world.rounds(conversation_id, servers[1]);
    const { state } = checkHistory(views, round!.messages);
    expect(state).toMatchObject({ phase: 'completed', final_result: 'Hello wörld' });
    expect(state.execution_chain).toEqual([['start', 'a'], ['b']]);
    expect(round).toMatchObject({ nodes: [{ node_name: 'start' }, { node_name: 'a' }, { node_name: 'b' }] });
  });

  test('[FAULT-20] [LOG-05] is full: the answer is stored, and the log begins anew when there is room', async () => {
    const run = await LiveRun.begin(servers, MUCH);
    const short = await LiveRun.begin(servers, ['second ']);
    await redis.command('CONFIG', 'SET', 'maxmemory', '1');
    await Promise.all([run.sayMiddle(), run.sayLast(), short.sayMiddle()]);
    await world.ended(run.runId, servers[1]);
    const hasToldOfIt = (line: string) =>
      line.includes('The log is away: a run has ended') && line.includes(run.runId);
    while (!servers[0]!.output().split('\n').some(hasToldOfIt)) await sleep(50);
    const [round] = await world.rounds(run.conversation, servers[1]);
    expect(round!.messages.at(-1)).toMatchObject({ content: run.words });
    await redis.command('CONFIG', 'SET', 'maxmemory', '0');
    await short.seen('second ');
    await short.sayLast();
    expect((await run.isWhole()).map(reasonsOf)).toEqual([['lost'], ['lost']]);
    expect((await short.isWhole()).map(reasonsOf)).toEqual([[], []]);
  }, 60_000);

  test('[LOG-05] [P3] [P7] is away when the owner of a run dies that had said too much: it is ended elsewhere, with its text', async () => {
    const owner = await world.another({ DATABASE_URL, REDIS_URL: redis.url, LEASE_SECONDS });
    const run = await LiveRun.begin([owner, servers[1]!], MUCH);
    await redis.kill('SIGTERM');
    await run.sayMiddle();
    // The text is checkpointed within 2 s.
    await sleep(4000);
    await owner.kill();
    run.readers.shift()!.abandon();
    await redis.start();
    const [frames] = await Promise.all(run.readers.map(({ done: ended }) => ended));
    const { state } = checkHistory([frames!]);
    expect(state.phase).toBe('interrupted');
    expect(textsOf(state)).toEqual([`first ${MUCH.join('')}`]);
    const [round] = await world.rounds(run.conversation, servers[1]);
    expect(round!.messages.at(-1)).toMatchObject({ content: `first ${MUCH.join('')}` });
  }, 120_000);

  test('[LOG-05] [P3] is emptied while the owner is stopped: the run is taken over, and the owner is refused', async () => {
    const owner = await world.another({ DATABASE_URL, REDIS_URL: redis.url, LEASE_SECONDS });
    const run = await LiveRun.begin([owner, servers[1]!], ['second ']);
    // What was said is checkpointed within 2 s.
    await sleep(2600);
    owner.process.kill('SIGSTOP');
    await redis.command('FLUSHALL');
    const frames = await run.readers[1]!.done;
    owner.process.kill('SIGCONT');
    await Promise.all([run.sayMiddle(), run.sayLast()]);
    const frozen = await run.readers[0]!.done;
    const [round] = await world.rounds(run.conversation, servers[1]);
    const { state } = checkHistory([frames, frozen], round!.messages);
    expect(state.phase).toBe('interrupted');
    expect([round!.state, round!.messages.at(-1)]).toMatchObject(['interrupted', { content: 'first ' }]);
    await owner.kill();
  }, 120_000);

  test('[FAULT-17] [LOG-05] [P6] never comes back: the answer is stored, and read from there', async () => {
    const run = await LiveRun.begin(servers, ['second ']);
    await redis.kill();
    await Promise.all([run.sayMiddle(), run.sayLast()]);
    expect(await world.ended(run.runId, servers[1])).toMatchObject({ state: 'completed' });
    const [round] = await world.rounds(run.conversation, servers[1]);
    expect(round!.messages.at(-1)).toMatchObject({ content: run.words });
    for (const server of servers) {
      const late = await new PersistentReader(world, run.runId, server, `${run.runId}.1.3`).done;
      expect(textsOf(fold(decodeFrames(late)))).toEqual([run.words]);
    }
    const refused = await world.chat({ conversation_id: run.conversation }, { server: servers[0]! });
    expect(refused.status).toBe(503);
    // Who waited for it gets the rest, from the log or from the database.
    await redis.start();
    for (const reader of run.readers) {
      const { state } = checkHistory([await reader.done], round!.messages);
      expect([state.phase, textsOf(state)]).toEqual(['completed', [run.words]]);
    }
  }, 60_000);
});

withRedis('SQLite with a Redis', () => {
  test('[LOG-05] [P3] [P6] a process dies before the log has the end of its run: the next one gives it that', async () => {
    const redis = await RedisProcess.start();
    const env = { DATABASE_URL: world.databaseUrl('ended.db'), REDIS_URL: redis.url };
    const server = await world.another(env);
    const run = await LiveRun.begin([server], ['second ']);
    const [reader] = run.readers as [PersistentReader];
    await redis.kill();
    await Promise.all([run.sayMiddle(), run.sayLast()]);
    expect(await world.ended(run.runId, server)).toMatchObject({ state: 'completed' });
    await server.kill();
    reader.abandon();
    await redis.start();
    expect(await redis.command('PTTL', `millrace:{${run.runId}}:meta`)).toBe(-1);
    const again = await world.another(env);
    const rest = new PersistentReader(world, run.runId, again, reader.lastId);
    const [round] = await world.rounds(run.conversation, again);
    const { items, state } = checkHistory([[...reader.frames, ...(await rest.done)]], round!.messages);
    expect([state.phase, textsOf(state)]).toEqual(['completed', [run.words]]);
    expect(reasonsOf(items)).toEqual(['lost']);
    while (((await redis.command('PTTL', `millrace:{${run.runId}}:meta`)) as number) < 0) await sleep(20);
    await again.kill();
    await redis.dispose();
  }, 60_000);
});

withRedis('a Redis without an append-only file', () => {
  let redis: RedisProcess;
  let servers: TestServer[];
  beforeAll(async () => {
    redis = await RedisProcess.start('--appendonly', 'no');
    const env = { DATABASE_URL, REDIS_URL: redis.url };
    servers = await Promise.all([world.another(env), world.another(env)]);
  }, 60_000);
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.kill()));
    await redis.dispose();
  });

  test('[FAULT-18] [LOG-05] [P2] is killed and comes back empty: runs begin anew, readers get snapshots', async () => {
    const busy = await LiveRun.begin(servers, ['second ']);
    const silent = await LiveRun.begin(servers, ['second ']);
    await redis.kill();
    await busy.sayMiddle();
    await redis.start();
    await busy.seen('second ');
    for (const reader of silent.readers) await reader.item('run_snapshot');
    await silent.sayMiddle();
    for (const run of [busy, silent]) {
      await run.sayLast();
      expect((await run.isWhole()).map(reasonsOf)).toEqual([['lost'], ['lost']]);
    }
  }, 60_000);

  test('[FAULT-19] [LOG-05] [P2] comes back with an older state: readers that are ahead get snapshots, and no text is mixed', async () => {
    const run = await LiveRun.begin(servers, ['second ']);
    await redis.command('SAVE');
    await run.sayMiddle();
    await run.seen('second ');
    await redis.kill();
    await redis.start();
    await run.sayLast();
    for (const view of await run.isWhole()) expect(reasonsOf(view).at(-1)).toBe('lost');
  }, 60_000);
});
