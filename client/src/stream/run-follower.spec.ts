import { formatPosition, parsePosition } from '../../../src/protocol/position.js';
import { applyEvent } from '../../../src/protocol/apply-event.js';
import { emptyRunState } from '../../../src/protocol/run-state.js';
import { RunFollower, type FollowTarget } from './run-follower.js';
import {
  LiveResponse,
  RecordingSink,
  RUN,
  ScriptedWorld,
  chatRun,
  frameOf,
  settle,
  streamHeaders,
  streamOf,
} from './scripted-world.js';

const events = chatRun(['Hel', 'lo ', '世', '界', '!']);
const whole = `retry: 1000\n${events.map(frameOf).join('')}data: [DONE]\n\n`;
const start: FollowTarget = {
  kind: 'start',
  url: '/api/chat/completions',
  body: { user_prompt: 'hi' },
  idempotencyKey: 'key-1',
};
const allSeqs = events.map((event) => event.seq);

function problem(status: number, body: object = {}, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/problem+json', ...headers },
  });
}

/** A server that answers from its log what stands behind the request's Last-Event-ID. */
function rest(init: RequestInit): Response {
  const after = parsePosition(new Headers(init.headers).get('last-event-id') ?? '')?.seq ?? 0;
  return streamOf(`${events.slice(after).map(frameOf).join('')}data: [DONE]\n\n`);
}

function follow(world: ScriptedWorld, target: FollowTarget = start) {
  const sink = new RecordingSink();
  const follower = new RunFollower(target, sink, world);
  return { sink, follower, end: follower.follow() };
}

describe('[UI-02] RunFollower', () => {
  it('starts a run and reads it to its end in one response', async () => {
    const world = new ScriptedWorld().answer(streamOf(whole));
    const { sink, end } = follow(world);
    expect(await end).toEqual({ kind: 'terminal' });
    expect(sink.seqs).toEqual(allSeqs);
    expect(sink.runIds).toEqual([RUN]);
    expect(world.requests).toHaveLength(1);
    expect(world.requests[0]).toMatchObject({ url: '/api/chat/completions', init: { method: 'POST' } });
    expect(world.header(0, 'x-stream-resume')).toBe('1');
    expect(world.header(0, 'idempotency-key')).toBe('key-1');
    expect(world.timers).toBe(0);
    expect(world.listeners).toBe(0);
  });

  it('loses and doubles nothing when the response is cut after any byte', async () => {
    const bytes = new TextEncoder().encode(whole);
    const lastFrame = new TextEncoder().encode(whole.slice(0, -'data: [DONE]\n\n'.length)).length;
    for (let cut = 0; cut < bytes.length; cut += 1) {
      const world = new ScriptedWorld().answer(streamOf(bytes.slice(0, cut)), rest);
      const { sink, end } = follow(world);
      expect(await end).toEqual({ kind: 'terminal' });
      expect(sink.seqs).toEqual(allSeqs);
      expect(world.requests).toHaveLength(cut < lastFrame ? 2 : 1);
    }
  });

  it('resumes behind the last event, by GET, after a cut in the middle', async () => {
    const world = new ScriptedWorld().answer(streamOf(events.slice(0, 7).map(frameOf).join('')), rest);
    const { end } = follow(world);
    await end;
    expect(world.requests[1]?.url).toBe(`/api/runs/${RUN}/events`);
    expect(world.requests[1]?.init.method).toBeUndefined();
    expect(world.header(1, 'last-event-id')).toBe(formatPosition({ run_id: RUN, epoch: 1, seq: 7 }));
    expect(world.header(1, 'x-stream-resume')).toBe('1');
  });

  it('survives a cut after every single frame, one connection a frame', async () => {
    const world = new ScriptedWorld();
    for (const event of events) world.answer(streamOf(frameOf(event)));
    const { sink, end } = follow(world);
    expect(await end).toEqual({ kind: 'terminal' });
    expect(sink.seqs).toEqual(allSeqs);
    // Every attempt brought something, so none of them waited.
    expect(
      sink.states.filter((state) => state.kind === 'waiting').every((state) => state.delayMs === 0),
    ).toBe(true);
  });

  it('skips what it has seen already', async () => {
    const world = new ScriptedWorld().answer(
      streamOf(events.slice(0, 8).map(frameOf).join('')),
      streamOf(events.slice(3).map(frameOf).join('')),
    );
    const { sink, end } = follow(world);
    expect(await end).toEqual({ kind: 'terminal' });
    expect(sink.seqs).toEqual(allSeqs);
  });

  it('treats a gap as a cut and asks again from where it stands', async () => {
    const holed = events.filter((event) => event.seq !== 5);
    const world = new ScriptedWorld().answer(streamOf(holed.map(frameOf).join('')), rest);
    const { sink, end } = follow(world);
    expect(await end).toEqual({ kind: 'terminal' });
    expect(sink.seqs).toEqual(allSeqs);
    expect(world.header(1, 'last-event-id')).toBe(`${RUN}.1.4`);
  });

  it('takes a merged delta that continues exactly, and moves past event types it does not know', async () => {
    const merged = { ...events[5]!, seq: 9, from_seq: 6, delta: 'Hello 世界' };
    const unknown = `id: ${RUN}.1.10\ndata: {"type":"unknown"}\n\n`;
    const body = [...events.slice(0, 5), merged].map((event) => frameOf(event)).join('') + unknown;
    const world = new ScriptedWorld().answer(streamOf(body + events.slice(10).map(frameOf).join('')));
    const { sink, end } = follow(world);
    expect(await end).toEqual({ kind: 'terminal' });
    expect(sink.seqs).toEqual([1, 2, 3, 4, 5, 9, 11, 12, 13, 14]);
  });

  it('replaces what it has by a snapshot and goes on behind it', async () => {
    const state = emptyRunState(RUN);
    for (const event of events.slice(0, 9)) applyEvent(state, event);
    const snapshot = {
      type: 'run.snapshot',
      v: 1,
      run_id: RUN,
      epoch: 2,
      through_seq: 9,
      reason: 'lost',
      state,
    };
    const frame = `id: ${RUN}.2.9\ndata: ${JSON.stringify(snapshot)}\n\n`;
    const tail = events.slice(9).map((event) => frameOf({ ...event, epoch: 2 }));
    const world = new ScriptedWorld().answer(
      streamOf(events.slice(0, 11).map(frameOf).join('')),
      streamOf(frame + tail[0]!),
      streamOf(tail.slice(1).join('')),
    );
    const { sink, end } = follow(world);
    expect(await end).toEqual({ kind: 'terminal' });
    expect(sink.snapshots).toHaveLength(1);
    expect(sink.seqs).toEqual([10, 11, 12, 13, 14]);
    expect(world.header(2, 'last-event-id')).toBe(`${RUN}.2.10`);
  });

  it('ends on a snapshot of a run that has ended', async () => {
    const state = { ...emptyRunState(RUN), phase: 'completed', seq: 14 };
    const snapshot = {
      type: 'run.snapshot',
      v: 1,
      run_id: RUN,
      epoch: 1,
      through_seq: 14,
      reason: 'trimmed',
      state,
    };
    const world = new ScriptedWorld().answer(
      streamOf(`id: ${RUN}.1.14\ndata: ${JSON.stringify(snapshot)}\n\n`),
    );
    const { end } = follow(world, { kind: 'resume', runId: RUN });
    expect(await end).toEqual({ kind: 'terminal' });
  });

  it('follows an existing run from its beginning', async () => {
    const world = new ScriptedWorld().answer(rest);
    const { sink, end } = follow(world, { kind: 'resume', runId: RUN });
    expect(await end).toEqual({ kind: 'terminal' });
    expect(sink.seqs).toEqual(allSeqs);
    expect(sink.runIds).toEqual([]);
    expect(world.header(0, 'last-event-id')).toBeNull();
  });

  it('takes 204 for the end', async () => {
    const world = new ScriptedWorld().answer(new Response(null, { status: 204 }));
    expect(await follow(world, { kind: 'resume', runId: RUN }).end).toEqual({ kind: 'terminal' });
  });

  it('stops at a suspended run', async () => {
    const suspended = {
      v: 1,
      run_id: RUN,
      epoch: 1,
      seq: 6,
      ts: 1,
      type: 'run.suspended',
      approval_ids: ['a'],
    } as const;
    const body = [...events.slice(0, 5), { ...suspended, approval_ids: ['a'] }].map(frameOf).join('');
    const world = new ScriptedWorld().answer(streamOf(`${body}data: [DONE]\n\n`));
    expect(await follow(world).end).toEqual({ kind: 'suspended' });
  });

  describe('when connecting fails', () => {
    it('sends the same start again under the same key until the server has it', async () => {
      const world = new ScriptedWorld().answer(problem(503, { code: 'shutting_down' }), streamOf(whole));
      const { sink, end } = follow(world);
      expect(await end).toEqual({ kind: 'terminal' });
      expect(sink.seqs).toEqual(allSeqs);
      expect(world.requests.map(({ url }) => url)).toEqual([
        '/api/chat/completions',
        '/api/chat/completions',
      ]);
      expect(world.header(1, 'idempotency-key')).toBe('key-1');
      expect(world.requests[1]?.init.body).toBe(world.requests[0]?.init.body);
    });

    it('gives a start up after three refusals and passes the problem on', async () => {
      const body = { code: 'internal', detail: 'Something went wrong here.', retryable: true };
      const world = new ScriptedWorld().answer(problem(500, body), problem(500, body), problem(500, body));
      const { end } = follow(world);
      await settle();
      await world.advance(500);
      expect(await end).toMatchObject({
        kind: 'refused',
        problem: { status: 500, code: 'internal', detail: 'Something went wrong here.', retryable: true },
      });
      expect(world.requests).toHaveLength(3);
    });

    it('waits longer while the host is unreachable: no more than 5 s for the first dozen tries, and than 30 s after', async () => {
      const world = new ScriptedWorld();
      const { sink, end, follower } = follow(world);
      await settle();
      for (let minute = 0; minute < 5; minute += 1) await world.advance(60_000);
      const delays = sink.states.flatMap((state) => (state.kind === 'waiting' ? [state.delayMs] : []));
      expect(delays.slice(0, 7)).toEqual([0, 500, 1000, 2000, 4000, 5000, 5000]);
      expect(delays.slice(11, 14)).toEqual([5000, 30_000, 30_000]);
      expect(
        sink.states
          .filter((state) => state.kind === 'waiting')
          .map((state) => state.attempt)
          .slice(0, 4),
      ).toEqual([1, 2, 3, 4]);
      follower.close();
      expect(await end).toEqual({ kind: 'closed' });
      expect(world.timers).toBe(0);
    });

    it('tries at once when the machine is online again', async () => {
      const world = new ScriptedWorld();
      const { end } = follow(world);
      await settle();
      await world.advance(20_000);
      const before = world.requests.length;
      world.answer(streamOf(whole));
      world.wake();
      expect(await end).toEqual({ kind: 'terminal' });
      expect(world.requests).toHaveLength(before + 1);
    });

    it('keeps asking for a started run whatever 5xx it gets, honouring Retry-After', async () => {
      const world = new ScriptedWorld().answer(
        streamOf(events.slice(0, 4).map(frameOf).join('')),
        problem(502),
        problem(429, {}, { 'retry-after': '7' }),
        problem(500),
        rest,
      );
      const { sink, end } = follow(world);
      await settle();
      await world.advance(60_000);
      expect(await end).toEqual({ kind: 'terminal' });
      expect(sink.seqs).toEqual(allSeqs);
      expect(sink.states.flatMap((state) => (state.kind === 'waiting' ? [state.delayMs] : []))).toEqual([
        0, 500, 7000, 2000,
      ]);
    });

    it.each([401, 403, 404, 422])('stops at %i', async (status) => {
      const world = new ScriptedWorld().answer(
        streamOf(events.slice(0, 4).map(frameOf).join('')),
        problem(status, { code: 'some_code', detail: 'Text.' }),
      );
      const { end } = follow(world);
      expect(await end).toMatchObject({
        kind: 'refused',
        problem: { status, code: 'some_code', retryable: false },
      });
      expect(world.requests).toHaveLength(2);
    });

    it('does not take a page of HTML for a stream', async () => {
      const html = (): Response => new Response('<html>', { headers: { 'content-type': 'text/html' } });
      const world = new ScriptedWorld().answer(html(), html(), html());
      const { end } = follow(world);
      await settle();
      await world.advance(500);
      expect(await end).toMatchObject({ kind: 'refused', problem: { code: 'not_a_stream' } });
    });
  });

  describe('when a connection goes silent', () => {
    it('reconnects after 30 s without a byte', async () => {
      const stalled = new LiveResponse();
      const world = new ScriptedWorld().answer(stalled.answer, rest);
      const { sink, end } = follow(world);
      stalled.write(events.slice(0, 6).map(frameOf).join(''));
      await settle();
      await world.advance(29_000);
      expect(world.requests).toHaveLength(1);
      await world.advance(1_000);
      expect(await end).toEqual({ kind: 'terminal' });
      expect(sink.seqs).toEqual(allSeqs);
    });

    it('is kept alive by heartbeats', async () => {
      const quiet = new LiveResponse();
      const world = new ScriptedWorld().answer(quiet.answer);
      const { sink, end } = follow(world);
      quiet.write(frameOf(events[0]!));
      for (let beat = 0; beat < 12; beat += 1) {
        await settle();
        await world.advance(10_000);
        quiet.write(': hb\n');
      }
      quiet.write(events.slice(1).map(frameOf).join(''));
      expect(await end).toEqual({ kind: 'terminal' });
      expect(sink.seqs).toEqual(allSeqs);
      expect(world.requests).toHaveLength(1);
    });

    it('[FAULT-04] reconnects at once on waking from a long sleep', async () => {
      const dead = new LiveResponse();
      const world = new ScriptedWorld().answer(dead.answer, rest);
      const { sink, end } = follow(world);
      dead.write(frameOf(events[0]!));
      await settle();
      world.sleep(600_000);
      world.wake();
      expect(await end).toEqual({ kind: 'terminal' });
      expect(sink.seqs).toEqual(allSeqs);
    });

    it('leaves a lively connection alone on waking', async () => {
      const live = new LiveResponse();
      const world = new ScriptedWorld().answer(live.answer);
      const { end } = follow(world);
      live.write(frameOf(events[0]!));
      await settle();
      world.sleep(5_000);
      world.wake();
      live.write(events.slice(1).map(frameOf).join(''));
      expect(await end).toEqual({ kind: 'terminal' });
      expect(world.requests).toHaveLength(1);
    });

    it('starves while waiting for headers, too', async () => {
      const world = new ScriptedWorld().answer(
        (init) =>
          new Promise((_, reject) =>
            init.signal?.addEventListener('abort', () => reject(new Error('aborted'))),
          ),
        streamOf(whole),
      );
      const { end } = follow(world);
      await settle();
      await world.advance(30_000);
      expect(await end).toEqual({ kind: 'terminal' });
    });
  });

  it('counts a rotation of a quiet stream as no failure', async () => {
    const world = new ScriptedWorld();
    const rotations = Array.from({ length: 4 }, () => new LiveResponse());
    world.answer(...rotations.map((one) => one.answer), rest);
    const { sink, end } = follow(world);
    for (const rotation of rotations) {
      await settle();
      rotation.write(': hb\n');
      await settle();
      await world.advance(12_000);
      rotation.end();
    }
    expect(await end).toEqual({ kind: 'terminal' });
    expect(sink.states.every((state) => state.kind !== 'waiting' || state.delayMs === 0)).toBe(true);
  });

  it('closes the response when told to, and says so', async () => {
    const live = new LiveResponse();
    const world = new ScriptedWorld().answer(live.answer);
    const { sink, follower, end } = follow(world);
    live.write(frameOf(events[0]!));
    await settle();
    follower.close();
    expect(await end).toEqual({ kind: 'closed' });
    expect(sink.seqs).toEqual([1]);
    expect(world.timers).toBe(0);
  });

  it('closes the body after the terminal event, even if the server keeps it open', async () => {
    const live = new LiveResponse();
    const world = new ScriptedWorld().answer(live.response);
    const { end } = follow(world);
    live.write(events.map(frameOf).join(''));
    expect(await end).toEqual({ kind: 'terminal' });
    await settle();
    expect(live.cancelled).toBe(true);
  });

  it('hears of the run from the header, before the first event', async () => {
    const live = new LiveResponse(streamHeaders());
    const world = new ScriptedWorld().answer(live.answer);
    const { sink, follower } = follow(world);
    await settle();
    expect(sink.runIds).toEqual([RUN]);
    expect(follower.runId).toBe(RUN);
    follower.close();
  });
});
