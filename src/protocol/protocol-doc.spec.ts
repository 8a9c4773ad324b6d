import { readFile } from 'node:fs/promises';
import { createParser } from 'eventsource-parser';
import { GRAPH_COMPLETE, SNAPSHOT, typedFrames } from './native-frame.js';
import { DONE, NativeDecoder, NativeEncoder } from './native-codec.js';
import type { RunEvent } from './run-event.js';
import { isTerminal, runEvent } from './run-event.js';
import { applyEvent } from './apply-event.js';
import { emptyRunState, sequenceOf } from './run-state.js';

const page = await readFile(new URL('../../docs/protocol.md', import.meta.url), 'utf8');
const chapters = new Map(
  page.split(/^## /m).map((chapter) => [chapter.slice(0, chapter.indexOf('\n')).trim(), chapter] as const),
);
const examples = [...page.matchAll(/^```sse\n(.*?)^```$/gms)].map(([, text]) => text ?? '');

/** The rows of the tables of a chapter whose first cell is one name in backquotes. */
function rowsOf(chapter: string): string[][] {
  const text = chapters.get(chapter);
  if (text === undefined) throw new Error(`docs/protocol.md has no chapter ${chapter}`);
  return [...text.matchAll(/^\| `([a-z_.]+)` \|(.*)\|$/gm)].map(([, name, rest]) => [
    name ?? '',
    ...(rest ?? '').split('|').map((cell) => cell.trim()),
  ]);
}

/** What a frame without a type is recognised by, where that is a name alone. */
const KEYS = ['`error`', '`completion`', '`incomplete`'];
const namesIn = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? '');

const types: string[] = runEvent.options.map((option) => option.shape.type.value);
const events = rowsOf('2. Events').filter(
  ([name]) => name === 'tool_result' || name === 'usage' || name === 'warning' || name?.includes('.'),
);

describe('docs/protocol.md', () => {
  it('lists every type of event once, and no other', () => {
    expect(events.map(([name]) => name).sort()).toEqual([...types, 'run.snapshot'].sort());
  });

  it.each(runEvent.options.map((option) => [option.shape.type.value, option.shape] as const))(
    'lists the fields of %s, and which of them are optional',
    (type, shape) => {
      const envelope = ['type', 'v', 'run_id', 'epoch', 'seq', 'ts'];
      const fields = Object.entries(shape)
        .filter(([name]) => !envelope.includes(name))
        .map(([name, field]) => (field.safeParse(undefined).success ? `${name}?` : name));
      const [, cell] = events.find(([name]) => name === type) ?? [];
      expect(namesIn(cell ?? '').sort()).toEqual(fields.sort());
    },
  );

  it('names the values of every enumeration', () => {
    const chapter = chapters.get('2. Events') ?? '';
    for (const option of runEvent.options) {
      const [, , words] = events.find(([name]) => name === option.shape.type.value) ?? [];
      for (const [name, field] of Object.entries(option.shape)) {
        if (!('options' in field) || name === 'type') continue;
        for (const value of field.options as string[])
          expect([value, words]).toEqual([value, expect.stringContaining(value)]);
      }
    }
    expect(chapter).toContain('`ts`');
  });

  it('lists every typed frame, with its event, and no other', () => {
    const rows = rowsOf('7. Native frames').filter(
      ([, cell]) => /^`[a-z_]+`$/.test(cell ?? '') && !KEYS.includes(cell ?? ''),
    );
    expect(rows.map(([name, cell]) => [name, namesIn(cell ?? '')[0]]).sort()).toEqual(
      [...Object.entries(typedFrames), ['run.completed', GRAPH_COMPLETE], ['run.snapshot', SNAPSHOT]].sort(),
    );
  });

  it('lists every frame without a type', () => {
    const rows = rowsOf('7. Native frames').filter(
      ([, cell]) => !/^`[a-z_]+`$/.test(cell ?? '') || KEYS.includes(cell ?? ''),
    );
    const untyped = types.filter((type) => !(type in typedFrames));
    expect(rows.map(([name]) => name).sort()).toEqual([...untyped, 'usage'].sort());
  });
});

describe('the examples of docs/protocol.md', () => {
  interface Example {
    id: string | undefined;
    data: string;
  }
  const framesOf = (text: string): Example[] => {
    const frames: Example[] = [];
    const parser = createParser({ onEvent: ({ id, data }) => frames.push({ id, data }) });
    parser.feed(`${text}\n`);
    return frames;
  };

  it.each(examples.map((text, index) => [index + 1, text] as const))(
    'are frames that encode to themselves: %i',
    (_, text) => {
      const encoder = new NativeEncoder();
      const decoder = new NativeDecoder();
      const frames = framesOf(text);
      expect(frames.length).toBeGreaterThan(0);
      for (const { id, data } of frames) {
        if (data === DONE) continue;
        const decoded = decoder.decode({ id, data });
        expect(decoded).toEqual({ events: [expect.anything()], done: false });
        const [event] = decoded.events;
        if (!event) continue;
        if (event.type !== 'run.snapshot') expect(runEvent.parse(event)).toEqual(event);
        encoder.prime({ ...started, run_id: event.run_id });
        expect(encoder.encode(event)).toBe(data);
      }
    },
  );
  const started: RunEvent = { type: 'run.started', v: 1, run_id: '', epoch: 1, seq: 1, ts: 1, model: 'demo' };

  it('show every type of event', () => {
    const shown = examples.flatMap(framesOf).flatMap((frame) => {
      const { events: decoded } = new NativeDecoder().decode(frame);
      return frame.data === DONE ? [] : decoded.map((event) => event.type);
    });
    expect([...new Set(shown)].sort()).toEqual([...types, 'run.snapshot'].sort());
  });

  it('hold two whole runs, in order, each with one end and [DONE]', () => {
    const whole = examples.filter((text) => text.includes('"run_created"'));
    expect(whole).toHaveLength(2);
    for (const text of whole) {
      const frames = framesOf(text);
      expect(frames.at(-1)).toEqual({ id: undefined, data: DONE });
      const state = emptyRunState('');
      const run = frames
        .slice(0, -1)
        .flatMap((frame) => new NativeDecoder().decode(frame).events) as RunEvent[];
      for (const event of run) {
        expect(sequenceOf(state.seq, event)).toBe('next');
        applyEvent(state, event);
      }
      expect(run.map(isTerminal).lastIndexOf(false)).toBe(run.length - 2);
      expect(state.phase).toBe('completed');
      expect(state.parts.filter((part) => !part.ended)).toEqual([]);
    }
  });
});
