import { FaultProxy } from './fault-proxy.js';
import { scripts, type ScriptedOpenAi } from './scripted-openai/index.js';
import { World } from './world.js';

const { answer, calling, done, finish, text, toolCalls, turns, usage } = scripts;

/**
 * Where a client of another system is tried: the built server with short times, a network before it that can be cut, and models for
 * what there is to see. `weather` calls a tool of the client's and then speaks of its result; `sum` calls one of the server's between
 * two texts; `silent` one that works for a second and says nothing; the others are those of the scripted server.
 */
export class ClientSite {
  private constructor(
    readonly world: World,
    readonly network: FaultProxy,
  ) {}

  static async open(env: Record<string, string> = {}): Promise<ClientSite> {
    const settings = {
      SSE_HEARTBEAT_SECONDS: '0.2',
      DISCONNECT_GRACE_SECONDS: '0.3',
      MODEL_MAX_RETRIES: '0',
      ...env,
    };
    const world = await World.start(settings, ['weather', 'sum', 'silent']);
    const { openai } = world;
    const weather = { id: 'call_weather', name: 'weather', args: { city: 'Paris' } };
    const sum = { id: 'call_sum', name: 'builtin__calculate', args: { expression: '2+3' } };
    const silent = {
      id: 'call_silent',
      name: 'everything__trigger-long-running-operation',
      args: { duration: 1, steps: 1 },
    };
    await openai.script('weather', turns(calling(weather), scripts.saying('It rains.')));
    await openai.script(
      'sum',
      turns(
        answer(text('Let me see.'), toolCalls([sum]), finish('tool_calls'), usage(), done()),
        scripts.saying('It is ', '5.'),
      ),
    );
    await openai.script('silent', turns(calling(silent), scripts.saying('Done.')));
    return new ClientSite(world, await FaultProxy.start(world.server.url));
  }

  get openai(): ScriptedOpenAi {
    return this.world.openai;
  }

  /** The server's URL, through the network. */
  get url(): string {
    return this.network.url;
  }

  /** Lets the model `slow` say its first piece; the others wait. */
  async firstPiece(): Promise<void> {
    await this.openai.received(1);
    await this.openai.release();
  }

  async reset(): Promise<void> {
    this.network.impose();
    await this.openai.reset();
  }

  async close(): Promise<void> {
    await this.network.stop();
    await this.world.stop();
  }
}
