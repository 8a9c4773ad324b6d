import { lastValueFrom, toArray } from 'rxjs';
import type { RunEventBody } from '../../protocol/run-event.js';
import type { Tool, ToolBox, ToolOutcome } from '../../tools/tool.js';
import { runTools } from './run-tools.js';
import type { StepToolCall } from './step-events.js';

const tool: Tool = {
  name: 's__t',
  server: 's',
  tool: 't',
  definition: { type: 'function', function: { name: 's__t', description: '', parameters: {} } },
};
const calls = (...names: string[]): StepToolCall[] =>
  names.map((name, index) => ({ tool_call_id: `c${index}`, index, name, args: '{}', executor: 'server' }));

/** A tool box whose calls end when the test says so. */
class ManualToolBox implements ToolBox {
  readonly running: {
    input: unknown;
    end: (outcome: Partial<ToolOutcome>) => void;
    fail: (error: Error) => void;
  }[] = [];
  most = 0;
  #now = 0;
  progress: (value: number) => void = () => undefined;

  open = () => Promise.resolve({ tools: new Map(), warnings: [] });
  parse = (_: Tool, args: string) =>
    args === '{bad' ? { ok: false as const, reason: 'not JSON' } : { ok: true as const, input: { args } };

  call: ToolBox['call'] = (_, input, { onProgress }) => {
    this.#now += 1;
    this.most = Math.max(this.most, this.#now);
    this.progress = (progress) => onProgress({ progress });
    return new Promise((resolve, reject) => {
      this.running.push({
        input,
        end: (outcome) => {
          this.#now -= 1;
          resolve({ status: 'ok', content: 'done', cut: false, ...outcome });
        },
        fail: reject,
      });
    });
  };
}

function start(toolBox: ToolBox, stepCalls: StepToolCall[], concurrency = 8) {
  const events: RunEventBody[] = [];
  const tools = new Map([[tool.name, tool]]);
  const running = runTools({
    stepId: 'step',
    calls: stepCalls,
    tools,
    toolBox,
    concurrency,
    signal: new AbortController().signal,
  });
  const done = new Promise<void>((resolve, reject) =>
    running.subscribe({ next: (batch) => events.push(...batch), complete: resolve, error: reject }),
  );
  return { events, done };
}

const tick = () => new Promise((resolve) => setImmediate(resolve));
const results = (events: RunEventBody[]) =>
  events.flatMap((event) => (event.type === 'tool_result' ? [event.tool_call_id] : []));

describe('runTools', () => {
  test('[TOOL-04] announces every call first, then gives each result as it arrives', async () => {
    const toolBox = new ManualToolBox();
    const { events, done } = start(toolBox, calls('s__t', 's__t'));
    expect(events.map(({ type }) => type)).toEqual(['tool_call.ready', 'tool_call.ready']);
    toolBox.running[1]!.end({ content: 'second' });
    await tick();
    expect(results(events)).toEqual(['c1']);
    toolBox.running[0]!.end({ content: 'first' });
    await done;
    expect(results(events)).toEqual(['c1', 'c0']);
  });

  test('[TOOL-10] runs at most so many at once, and each of them', async () => {
    const toolBox = new ManualToolBox();
    const { events, done } = start(toolBox, calls(...Array<string>(7).fill('s__t')), 2);
    for (let ended = 0; ended < 7; ended += 1) {
      expect(toolBox.running.length).toBe(Math.min(7, ended + 2));
      toolBox.running[ended]!.end({});
      await tick();
    }
    await done;
    expect(toolBox.most).toBe(2);
    expect(results(events)).toHaveLength(7);
  });

  test('[TOOL-01] an unknown tool and broken arguments are refused with a result, without a call', async () => {
    const toolBox = new ManualToolBox();
    const [unknown, broken] = [calls('nope')[0]!, { ...calls('s__t')[0]!, tool_call_id: 'c1', args: '{bad' }];
    const { events, done } = start(toolBox, [unknown, broken]);
    await done;
    expect(toolBox.running).toEqual([]);
    expect(events).toMatchObject([
      { type: 'tool_call.invalid', tool_call_id: 'c0', reason: "找不到工具 'nope' 所属的服务器" },
      { type: 'tool_call.invalid', tool_call_id: 'c1', reason: 'not JSON' },
      { type: 'tool_result', tool_call_id: 'c0', status: 'error', content: "找不到工具 'nope' 所属的服务器" },
      { type: 'tool_result', tool_call_id: 'c1', status: 'error', content: 'not JSON' },
    ]);
  });

  test('[TOOL-04] progress comes between, output goes along, and a cut is said', async () => {
    const toolBox = new ManualToolBox();
    const { events, done } = start(toolBox, calls('s__t'));
    toolBox.progress(3);
    toolBox.running[0]!.end({ output: { a: 1 }, cut: true });
    await done;
    expect(events).toMatchObject([
      { type: 'tool_call.ready', input: { args: '{}' } },
      { type: 'tool.progress', progress: 3 },
      { type: 'tool_result', output: { a: 1 }, status: 'ok' },
      { type: 'warning', code: 'tool_output_cut' },
    ]);
  });

  test('[RUN-13] an abort, and only that, ends it with an error', async () => {
    const toolBox = new ManualToolBox();
    const signal = new AbortController().signal;
    const tools = new Map([[tool.name, tool]]);
    const all = lastValueFrom(
      runTools({ stepId: 's', calls: calls('s__t'), tools, toolBox, concurrency: 1, signal }).pipe(toArray()),
    );
    toolBox.running[0]!.fail(new Error('aborted'));
    await expect(all).rejects.toThrow('aborted');
  });

  test('[RUN-12] no tool is called for a run that was aborted while its calls were announced', async () => {
    const toolBox = new ManualToolBox();
    const abort = new AbortController();
    const tools = new Map([[tool.name, tool]]);
    const stepCalls = calls('s__t', 's__t');
    const running = runTools({
      stepId: 's',
      calls: stepCalls,
      tools,
      toolBox,
      concurrency: 8,
      signal: abort.signal,
    });
    const error = await new Promise((resolve) =>
      running.subscribe({ next: () => abort.abort(new Error('not written')), error: resolve }),
    );
    expect(error).toEqual(new Error('not written'));
    expect(toolBox.running).toEqual([]);
  });
});
