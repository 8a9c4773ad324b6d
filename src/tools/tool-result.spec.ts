import fc from 'fast-check';
import { CUT_MARK, failedOutcome, toolOutcome } from './tool-result.js';
import { anyCharacter } from '../protocol/text.arbitrary.js';

const text = (...texts: string[]) => ({
  content: texts.map((one) => ({ type: 'text' as const, text: one })),
});

describe('[TOOL-05] toolOutcome', () => {
  it('is what the tool said', () => {
    expect(toolOutcome('t', text('a', 'b\nc'), 100)).toEqual({
      status: 'ok',
      content: 'a\nb\nc',
      cut: false,
    });
  });

  it('begins a failure with the words of the seed', () => {
    expect(toolOutcome('fail', { ...text('bad thing'), isError: true }, 100)).toEqual({
      status: 'error',
      content: '工具 fail 执行失败：bad thing',
      cut: false,
    });
    expect(failedOutcome('t', 'x', 100)).toEqual({
      status: 'error',
      content: '工具 t 执行失败：x',
      cut: false,
    });
  });

  it('replaces what databases cannot hold', () => {
    expect(toolOutcome('t', text('a\0b\uD800c'), 100).content).toBe('a\uFFFDb\uFFFDc');
  });

  it('leaves out structured output that is too large or too deep', () => {
    const deep = JSON.parse(`${'{"a":'.repeat(200)}{}${'}'.repeat(200)}`) as Record<string, unknown>;
    expect(
      toolOutcome('t', { ...text('a'), structuredContent: { a: 'x'.repeat(200) } }, 100),
    ).not.toHaveProperty('output');
    expect(toolOutcome('t', { ...text('a'), structuredContent: deep }, 10_000)).not.toHaveProperty('output');
    const huge = JSON.parse(`${'{"a":'.repeat(100_000)}{}${'}'.repeat(100_000)}`) as Record<string, unknown>;
    expect(toolOutcome('t', { content: [], structuredContent: huge }, 10_000)).toEqual({
      status: 'ok',
      content: '[output that is nested too deeply]',
      cut: false,
    });
    expect(toolOutcome('t', { ...text('a'), structuredContent: { a: null } }, 100)).toMatchObject({
      output: { a: null },
    });
  });

  it('says that a result was cut, when a transport had to', () => {
    const outcome = toolOutcome('t', { ...text('abc'), _meta: { [CUT_MARK]: true } }, 100);
    expect(outcome).toEqual({
      status: 'ok',
      content: 'abc\n[The result was longer than 100 bytes and was cut here.]',
      cut: true,
    });
  });

  it('ends at the limit in whole characters, with the note, whatever the text and the limit', () => {
    const limit = fc.integer({ min: 1, max: 300 });
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter, maxLength: 300 }), limit, (said, bytes) => {
        const { content, cut } = toolOutcome('t', text(said), bytes);
        expect(Buffer.byteLength(content)).toBeLessThanOrEqual(bytes);
        expect(content.isWellFormed()).toBe(true);
        const whole = said.toWellFormed().replaceAll('\0', '\uFFFD');
        if (!cut) expect(content).toBe(whole);
        else {
          const kept = content.slice(0, content.lastIndexOf('\n'));
          expect(Buffer.byteLength(whole)).toBeGreaterThan(bytes);
          expect(whole.startsWith(kept)).toBe(true);
        }
      }),
    );
  });
});
