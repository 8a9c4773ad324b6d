import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { DONE, NativeDecoder, NativeEncoder, positionOf } from './native-codec.js';
import { forbiddenOnTyped, forbiddenOnUntyped } from './native-frame.js';
import { formatPosition } from './position.js';
import { arbitraryEvent, arbitraryEvents, arbitraryRun, arbitrarySnapshot } from './run-event.arbitrary.js';
import type { EventOf, RunEvent, RunEventType } from './run-event.js';
import { emptyRunState } from './run-state.js';
import { arbitraryText } from './text.arbitrary.js';

const ULID = '01JD8Z3Q4TABCDEFGHJKMNPQRS';
const at = { v: 1 as const, run_id: ULID, epoch: 1, seq: 7 };

function frameOf(event: Parameters<NativeEncoder['encode']>[0], encoder = new NativeEncoder()) {
  return { id: formatPosition(positionOf(event)), data: encoder.encode(event) };
}

describe('[PROTO-01] native frames', () => {
  it.each(Object.keys(arbitraryEvents) as RunEventType[])('lose nothing: %s', (type) => {
    fc.assert(
      fc.property(arbitraryEvents[type], (event) => {
        expect(new NativeDecoder().decode(frameOf(event))).toEqual({ events: [event], done: false });
      }),
      { numRuns: 200 },
    );
  });

  it('lose nothing of a snapshot', () => {
    fc.assert(
      fc.property(arbitrarySnapshot, (snapshot) => {
        expect(new NativeDecoder().decode(frameOf(snapshot))).toEqual({ events: [snapshot], done: false });
      }),
      { numRuns: 200 },
    );
  });

  it('lose nothing of a whole run, through one encoder and one decoder', () => {
    fc.assert(
      fc.property(arbitraryRun, (run) => {
        const encoder = new NativeEncoder();
        const decoder = new NativeDecoder();
        const frames = run.map((event) => frameOf(event, encoder));
        expect(frames.flatMap((frame) => decoder.decode(frame).events)).toEqual(run);
        expect(decoder.decode({ data: DONE })).toEqual({ events: [], done: true });
        expect(decoder.end()).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('are one line of well-formed text', () => {
    fc.assert(
      fc.property(fc.oneof(arbitraryEvent, arbitrarySnapshot), (event) => {
        const { data } = frameOf(event);
        expect(data).not.toMatch(/[\r\n\0]/);
        expect(data.isWellFormed()).toBe(true);
      }),
    );
  });

  it('survive the way through bytes', () => {
    fc.assert(
      fc.property(arbitraryEvent, (event) => {
        const { id, data } = frameOf(event);
        const read = new TextDecoder().decode(new TextEncoder().encode(data));
        expect(new NativeDecoder().decode({ id, data: read }).events).toEqual([event]);
      }),
    );
  });

  it("keep the keys that the seed's front end tests first off frames of another kind", () => {
    fc.assert(
      fc.property(fc.oneof(arbitraryEvent, arbitrarySnapshot), (event) => {
        const frame = JSON.parse(frameOf(event).data) as Record<string, unknown>;
        if ('error' in frame) {
          expect(['run.failed', 'run.interrupted']).toContain(event.type);
        } else if ('completion' in frame || 'incomplete' in frame) {
          expect(['design.completed', 'design.incomplete']).toContain(event.type);
          for (const key of ['type', 'error', 'choices', 'role']) expect(frame).not.toHaveProperty(key);
        } else if ('choices' in frame || 'role' in frame) {
          for (const key of forbiddenOnUntyped) expect(frame).not.toHaveProperty(key);
        } else {
          expect(typeof frame['type']).toBe('string');
          for (const key of forbiddenOnTyped) expect(frame).not.toHaveProperty(key);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('keep a key named __proto__ as data', () => {
    const output = JSON.parse('{"__proto__":{"polluted":true}}') as EventOf<'tool_call.ready'>['input'];
    const event: RunEvent = { ...fc.sample(arbitraryEvents['tool_call.ready'], 1)[0]!, input: output };
    const [read] = new NativeDecoder().decode(frameOf(event)).events;
    expect(read).toHaveProperty('input');
    expect(JSON.stringify(read)).toContain('"input":{"__proto__":{"polluted":true}}');
    expect({}).not.toHaveProperty('polluted');
  });

  it('are the same whatever was encoded between, once the step has started', () => {
    fc.assert(
      fc.property(arbitraryRun, fc.nat(), (run, cut) => {
        const whole = new NativeEncoder();
        const frames = run.map((event) => whole.encode(event));
        const k = cut % run.length;
        const resumed = new NativeEncoder();
        for (const event of run.slice(0, k)) resumed.prime(event);
        expect(run.slice(k).map((event) => resumed.encode(event))).toEqual(frames.slice(k));
        expect(run.map((event) => whole.encode(event))).toEqual(frames);
      }),
      { numRuns: 200 },
    );
  });

  it('do not depend on the order of the keys of an event', () => {
    fc.assert(
      fc.property(arbitraryEvent, (event) => {
        const reversed = Object.fromEntries(Object.entries(event).reverse()) as RunEvent;
        expect(new NativeEncoder().encode(reversed)).toBe(new NativeEncoder().encode(event));
      }),
    );
  });
});

describe('the shapes of the seed', () => {
  const step = { step_id: 'step_1' };
  const encoder = new NativeEncoder();
  encoder.prime({ type: 'step.started', ...at, ...step, ts: 1, index: 0, attempt: 1, model: 'gpt' });
  const chunk = { id: 'step_1', object: 'chat.completion.chunk', created: 1732144524, model: 'gpt' };
  const read = (event: RunEvent): unknown => JSON.parse(encoder.encode(event));

  it('F1: text', () => {
    const event: RunEvent = { type: 'text.delta', ...at, ...step, part_id: 'p', delta: 'Hello' };
    expect(read(event)).toEqual({
      ...chunk,
      created: expect.any(Number),
      choices: [{ index: 0, delta: { content: 'Hello' }, finish_reason: null }],
      part_id: 'p',
    });
  });

  it('F1: reasoning and refusal', () => {
    const reasoning = read({
      type: 'reasoning.delta',
      ...at,
      ...step,
      part_id: 'p',
      delta: 'hm',
      from_seq: 5,
    });
    expect(reasoning).toMatchObject({ choices: [{ delta: { reasoning_content: 'hm' } }], from_seq: 5 });
    const refusal = read({ type: 'refusal.delta', ...at, ...step, message_id: 'm', delta: 'No' });
    expect(refusal).toMatchObject({ choices: [{ delta: { refusal: 'No' } }], message_id: 'm' });
  });

  it('F1: a tool call and its arguments', () => {
    const started = read({
      type: 'tool_call.started',
      ...at,
      ...step,
      ts: 1,
      tool_call_id: 'call_a',
      message_id: 'm',
      name: 'echo',
      index: 2,
      executor: 'server',
    });
    expect(started).toMatchObject({
      choices: [
        {
          delta: {
            tool_calls: [
              { index: 2, id: 'call_a', type: 'function', function: { name: 'echo', arguments: '' } },
            ],
          },
          finish_reason: null,
        },
      ],
    });
    const args = {
      type: 'tool_call.args.delta' as const,
      ...at,
      ...step,
      tool_call_id: 'call_a',
      index: 2,
      delta: '{"x"',
    };
    expect(read(args)).toMatchObject({
      choices: [{ delta: { tool_calls: [{ index: 2, function: { arguments: '{"x"' } }] } }],
      tool_call_id: 'call_a',
    });
  });

  it('F1: the finish chunk and the usage of the run', () => {
    expect(read({ type: 'step.finished', ...at, ...step, ts: 1, finish_reason: 'length' })).toMatchObject({
      choices: [{ index: 0, delta: {}, finish_reason: 'length' }],
    });
    const usage = read({
      type: 'usage',
      ...at,
      ts: 1,
      scope: 'run',
      model: 'gpt',
      input_tokens: 10,
      output_tokens: 5,
      cached_input_tokens: 4,
      reasoning_tokens: 2,
    });
    expect(usage).toMatchObject({
      choices: [],
      usage: {
        prompt_tokens: 10,
        completion_tokens: 5,
        total_tokens: 15,
        prompt_tokens_details: { cached_tokens: 4 },
        completion_tokens_details: { reasoning_tokens: 2 },
      },
    });
  });

  it('F2: a tool result with its status', () => {
    const result = read({
      type: 'tool_result',
      ...at,
      ...step,
      ts: 1,
      tool_call_id: 'call_a',
      result_message_id: 'm2',
      status: 'denied',
      content: '{}',
      duration_ms: 3,
    });
    expect(result).toMatchObject({ role: 'tool', tool_call_id: 'call_a', content: '{}', status: 'denied' });
  });

  it('F3, F4, F5: conversation and nodes', () => {
    expect(read({ type: 'conversation.created', ...at, ts: 1, conversation_id: 'c' })).toMatchObject({
      type: 'conversation_created',
      conversation_id: 'c',
    });
    const node = { node_run_id: 'n', node_name: 'a' };
    expect(read({ type: 'node.started', ...at, ...node, ts: 1, level: 2, attempt: 1 })).toMatchObject({
      type: 'node_start',
      node_name: 'a',
      level: 2,
    });
    expect(
      read({ type: 'node.ended', ...at, ...node, ts: 1, status: 'error', duration_ms: 1 }),
    ).toMatchObject({
      type: 'node_end',
      node_name: 'a',
      status: 'error',
    });
  });

  it('F6 for a completed graph, and only for that', () => {
    const completed = { type: 'run.completed' as const, ...at, ts: 1, finish_reason: 'stop' as const };
    expect(read({ ...completed, final_result: 'x', execution_chain: [['start', 'a']] })).toMatchObject({
      type: 'graph_complete',
      final_result: 'x',
      execution_chain: [['start', 'a']],
    });
    expect(read(completed)).toMatchObject({ type: 'run_completed' });
    expect(read({ ...completed, final_result: 'x' })).toMatchObject({ type: 'run_completed' });
    expect(read({ ...completed, execution_chain: [['a']] })).toMatchObject({ type: 'run_completed' });
  });

  it('F9 for a run that failed or was interrupted', () => {
    const failure = { code: 'upstream_cut', error_type: 'api_error', message: 'cut', retryable: true };
    for (const type of ['run.failed', 'run.interrupted'] as const) {
      expect(read({ type, ...at, ts: 1, ...failure })).toEqual({
        error: { message: 'cut', type: 'api_error' },
        event: type,
        code: 'upstream_cut',
        retryable: true,
        ts: 1,
      });
    }
  });

  it('dates chunks by the ULID of the run, and by 0 for any other id', () => {
    const text: RunEvent = { type: 'text.delta', ...at, ...step, part_id: 'p', delta: '' };
    // The example of the ULID specification: 2016-07-30T23:54:10.259Z.
    expect(read({ ...text, run_id: '01ARZ3NDEKTSV4RRFFQ69G5FAV' })).toMatchObject({ created: 1469922850 });
    expect(read({ ...text, run_id: '01arz3ndektsv4rrffq69g5fav' })).toMatchObject({ created: 1469922850 });
    expect(read({ ...text, run_id: '81ARZ3NDEKTSV4RRFFQ69G5FAV' })).toMatchObject({ created: 0 });
    expect(read({ ...text, run_id: 'run-1' })).toMatchObject({ created: 0 });
  });

  it("writes the model of the event's own step when steps run side by side", () => {
    const other = new NativeEncoder();
    const started = { type: 'step.started' as const, ...at, ts: 1, index: 0, attempt: 1 };
    other.prime({ type: 'run.started', ...at, ts: 1, model: 'run-model' });
    other.prime({ ...started, step_id: 'a', model: 'model-a' });
    other.prime({ ...started, step_id: 'b', model: 'model-b' });
    const modelOf = (step_id: string): unknown =>
      JSON.parse(other.encode({ type: 'text.delta', ...at, step_id, part_id: 'p', delta: 'x' }));
    expect(modelOf('a')).toMatchObject({ model: 'model-a' });
    expect(modelOf('b')).toMatchObject({ model: 'model-b' });
    expect(modelOf('c')).toMatchObject({ model: 'run-model' });
  });

  it('forgets what was before a snapshot, whose steps are all that there are', () => {
    const other = new NativeEncoder();
    other.prime({ type: 'step.started', ...at, ts: 1, index: 0, attempt: 1, step_id: 'lost', model: 'old' });
    const state = { ...emptyRunState(ULID), model: 'run-model', seq: 3 };
    other.encode({
      type: 'run.snapshot',
      v: 1,
      run_id: ULID,
      epoch: 2,
      through_seq: 3,
      reason: 'lost',
      state,
    });
    const text: RunEvent = { type: 'text.delta', ...at, step_id: 'lost', part_id: 'p', delta: 'x' };
    expect(JSON.parse(other.encode(text))).toMatchObject({ model: 'run-model' });
  });

  it('keeps parts that share an id apart', () => {
    const one = new NativeEncoder();
    const decoder = new NativeDecoder();
    const events: RunEvent[] = [
      { type: 'text.delta', ...at, step_id: 'a', part_id: 'p', delta: '1' },
      { type: 'text.delta', ...at, step_id: 'a', node_run_id: 'n', part_id: 'p', delta: '2' },
      { type: 'text.delta', ...at, step_id: 'b', part_id: 'p', delta: '3' },
      { type: 'reasoning.delta', ...at, step_id: 'b', part_id: 'p', delta: '4' },
      { type: 'tool_call.args.delta', ...at, step_id: 'a', tool_call_id: 'p', index: 0, delta: '5' },
      { type: 'tool_call.args.delta', ...at, step_id: 'a', tool_call_id: 'p', index: 1, delta: '6' },
    ];
    expect(events.flatMap((event) => decoder.decode(frameOf(event, one)).events)).toEqual(events);
  });
});

describe('NativeDecoder, where bytes come from outside', () => {
  const id = `${ULID}.2.9`;
  const position = { run_id: ULID, epoch: 2, seq: 9 };
  const decode = (data: string, frameId: string | undefined = id) =>
    new NativeDecoder().decode({ id: frameId, data });

  it('passes over an unknown type, and says where it stood', () => {
    expect(decode('{"type":"source_cited","url":"x","ts":1}')).toEqual({
      events: [],
      done: false,
      skipped: position,
    });
    expect(decode('{"type":"audio_delta","from_seq":6}')).toEqual({
      events: [],
      done: false,
      skipped: { ...position, from_seq: 6 },
    });
    expect(decode('{"type":"toString"}').skipped).toEqual(position);
    expect(decode('{"id":"s","choices":[{"index":0,"delta":{"audio":{}},"finish_reason":null}]}')).toEqual({
      events: [],
      done: false,
      skipped: position,
    });
  });

  it('ignores unknown fields', () => {
    const data = '{"type":"run_started","model":"m","ts":1,"colour":"red","run_id":"other","seq":1}';
    expect(decode(data).events).toEqual([{ type: 'run.started', v: 1, ...position, model: 'm', ts: 1 }]);
  });

  it.each([
    ['broken JSON', '{"type":"run_started"'],
    ['nothing', ''],
    ['no object', '[1]'],
    ['null', 'null'],
    ['a missing field', '{"type":"run_started","ts":1}'],
    ['a field of another kind', '{"type":"run_started","model":1,"ts":1}'],
    [
      'an unknown value',
      '{"type":"node_end","node_run_id":"n","node_name":"a","status":"lost","duration_ms":1,"ts":1}',
    ],
    ['a chunk without a delta', '{"id":"s","choices":[{"index":0}],"part_id":"p"}'],
    ['a chunk whose choice is null', '{"id":"s","choices":[null],"part_id":"p"}'],
    ['a text delta without its part', '{"id":"s","choices":[{"delta":{"content":"x"}}]}'],
    ['a text that is none', '{"id":"s","choices":[{"delta":{"content":null}}],"part_id":"p"}'],
    ['a tool call that is null', '{"id":"s","choices":[{"delta":{"tool_calls":[null]}}]}'],
    ['a snapshot without state', '{"type":"run_snapshot","through_seq":9,"reason":"lost","state":null}'],
  ])('reports %s and goes on', (_, data) => {
    expect(decode(data)).toEqual({ events: [], done: false, skipped: position, fault: 'malformed' });
  });

  it('reports a frame without a position among frames that have one', () => {
    const decoder = new NativeDecoder();
    decoder.decode({ id, data: '{"type":"run_started","model":"m","ts":1}' });
    expect(decoder.decode({ data: '{"error":{"message":"proxy"}}' })).toEqual({
      events: [],
      done: false,
      fault: 'malformed',
    });
  });

  it('takes no event at seq 0, where only a snapshot can stand', () => {
    expect(decode('{"type":"run_started","model":"m","ts":1}', `${ULID}.1.0`).fault).toBe('malformed');
  });

  it('takes a snapshot only at the place that it stands for', () => {
    const run = fc.sample(arbitrarySnapshot, { numRuns: 1, seed: 1 })[0]!;
    const snapshot = { ...run, through_seq: 9, epoch: 2, run_id: ULID };
    const data = new NativeEncoder().encode(snapshot);
    expect(decode(data)).toEqual({ events: [snapshot], done: false });
    expect(decode(data, `${ULID}.2.8`).fault).toBe('malformed');
  });

  it('leaves out parts of a kind that it does not know, in a snapshot', () => {
    const state = {
      run_id: ULID,
      seq: 9,
      phase: 'running',
      mode: 'chat',
      model: 'm',
      steps: [],
      warnings: [],
    };
    const text = { kind: 'text', step_id: 's', part_id: 'p', message_id: 'm', text: 'x', ended: false };
    const frame = (parts: unknown[]): string =>
      JSON.stringify({ type: 'run_snapshot', through_seq: 9, reason: 'lost', state: { ...state, parts } });
    expect(decode(frame([{ kind: 'hologram' }, text])).events).toMatchObject([{ state: { parts: [text] } }]);
    expect(decode(frame([{ ...text, text: 1 }])).fault).toBe('malformed');
    expect(decode(frame([null])).fault).toBe('malformed');
  });

  it('never throws', () => {
    const wild = fc.oneof(
      arbitraryText,
      fc.json(),
      fc
        .jsonValue()
        .map((value) =>
          JSON.stringify({ type: 'run_snapshot', through_seq: 9, reason: 'lost', state: value }),
        ),
      fc.jsonValue().map((value) => JSON.stringify({ choices: [value], usage: value, id: 's' })),
      fc.jsonValue().map((value) => JSON.stringify({ choices: [{ delta: value, index: 0 }] })),
      fc.jsonValue().map((value) => JSON.stringify({ choices: [{ delta: { tool_calls: [value] } }] })),
      fc.jsonValue().map((value) => JSON.stringify({ error: value, role: 'tool', content: value })),
      fc.jsonValue().map((value) => JSON.stringify({ type: 'node_start', node_name: value, level: value })),
    );
    fc.assert(
      fc.property(
        fc.array(wild, { maxLength: 5 }),
        fc.constantFrom(undefined, '', '5', id),
        (frames, frameId) => {
          const decoder = new NativeDecoder();
          for (const data of frames) decoder.decode({ id: frameId, data });
          decoder.decode({ data: DONE });
          expect(decoder.end()).toEqual([]);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('finds every event after any damage to one field of its frame, or a fault, and never another type', () => {
    const damaged = arbitraryEvent.chain((event) => {
      const frame = JSON.parse(frameOf(event).data) as Record<string, unknown>;
      return fc.record({
        event: fc.constant(event),
        frame: fc.constant(frame),
        name: fc.constantFrom(...Object.keys(frame).filter((key) => key !== 'type' && key !== 'event')),
        value: fc.constantFrom<unknown>(null, '', 0, -1, [], {}, true),
      });
    });
    fc.assert(
      fc.property(damaged, ({ event, frame, name, value }) => {
        const data = JSON.stringify({ ...frame, [name]: value });
        const decoded = new NativeDecoder().decode({ id: formatPosition(positionOf(event)), data });
        if (decoded.skipped) expect(decoded.events).toEqual([]);
        else expect(decoded.events.map(({ type }) => type)).toEqual([event.type]);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('the way into the browser', () => {
  it('loads no zod: nothing here imports a value of run-event.ts, directly or not', async () => {
    const seen = new Set<string>();
    const visit = async (file: string): Promise<void> => {
      if (seen.has(file)) return;
      seen.add(file);
      const source = await readFile(new URL(file, import.meta.url), 'utf8');
      for (const [, path] of source.matchAll(/^(?:import|export) (?!type\b)[^;]*? from '([^']+)'/gm)) {
        expect(path).toMatch(/^\.\//);
        await visit(path!.replace(/\.js$/, '.ts'));
      }
    };
    for (const file of ['./native-codec.ts', './run-state.ts', './position.ts', './error-code.ts'])
      await visit(file);
    expect(seen).toContain('./foreign-run.ts');
    expect(seen).not.toContain('./run-event.ts');
  });
});
