import fc from 'fast-check';
import { calculate, formatNumber } from './calculate.js';

describe('calculate', () => {
  it.each([
    ['1 + 2 * 3', '7'],
    ['(1 + 2) * 3', '9'],
    ['0.1 + 0.2', '0.3'],
    ['.5 + 1.', '1.5'],
    ['1.5e3 / 3', '500'],
    ['7 - 2 - 1', '4'],
    ['16 / 4 / 2', '2'],
    ['-7 % 3', '-1'],
    ['7 % -3', '1'],
    ['2 ^ 3 ^ 2', '512'],
    ['-2 ^ 2', '-4'],
    ['2 ^ -1', '0.5'],
    ['2**10', '1024'],
    ['--3', '3'],
    ['2 * -3', '-6'],
    ['0 * -1', '0'],
    ['sqrt(16) + abs(-2)', '6'],
    ['round(2.5) + round(-2.5)', '0'],
    ['max(1, 2 + 3, 4) - min(7, 6)', '-1'],
    ['log(1000) + ln(e) + log2(8)', '7'],
    ['SIN(pi / 2)', '1'],
    ['12 × 3 ÷ 4 − 1', '8'],
    ['（1+2）*3', '9'],
    ['9007199254740991', '9007199254740991'],
    ['2^64', '1.84467440737096e+19'],
    ['1/3', '0.333333333333333'],
  ])('%s = %s', (expression, value) => {
    expect(formatNumber(calculate(expression))).toBe(value);
  });

  it.each([
    ['', 'Expected a number at position 1, found the end.'],
    ['1 +', 'Expected a number at position 4, found the end.'],
    ['(1 + 2', 'Expected ")" at position 7, found the end.'],
    ['1 2', 'Expected an operator at position 3, found "2".'],
    ['1..2', 'Expected an operator at position 3, found ".2".'],
    ['2 * )', 'Expected a number at position 5, found ")".'],
    ['1 / (2 - 2)', 'Division by zero at position 5.'],
    ['5 % 0', 'Division by zero at position 5.'],
    ['foo(1)', 'Unknown name "foo" at position 1.'],
    ['constructor', 'Unknown name "constructor" at position 1.'],
    ['sqrt 4', 'Expected "(" at position 6, found "4".'],
    ['sqrt(1, 2)', 'sqrt takes 1 value, not 2, at position 1.'],
    ['sqrt()', 'Expected a number at position 6, found ")".'],
    ['1 = 1', 'Unexpected character "=" at position 3.'],
    ['process(1)', 'Unknown name "process" at position 1.'],
    ['a.b', 'Unexpected character "." at position 2.'],
    ['"x"', 'Unexpected character "\\"" at position 1.'],
    ['2 🙂', 'Unexpected character "🙂" at position 3.'],
    ['sqrt(-1)', 'The result is not a real number.'],
    ['10 ^ 400', 'The result is too large.'],
    ['1'.repeat(1001), 'The expression is longer than 1000 characters.'],
    ['('.repeat(200), 'The expression is nested more than 100 levels deep.'],
    ['-'.repeat(500), 'The expression is nested more than 100 levels deep.'],
  ])('%s: %s', (expression, message) => {
    expect(() => calculate(expression)).toThrow(new Error(message));
  });

  it('follows the rules of arithmetic', () => {
    const integer = fc.integer({ min: -1000, max: 1000 });
    fc.assert(
      fc.property(integer, integer, integer, (a, b, c) => {
        expect(calculate(`${a} + (${b}) * (${c})`)).toBeCloseTo(a + b * c, 6);
        expect(calculate(`(${a} - (${b})) - (${c})`)).toBeCloseTo(a - b - c, 6);
      }),
    );
  });

  it('gives a number or an error for any text', () => {
    const piece = fc.constantFrom(
      '1',
      '2.5',
      '+',
      '-',
      '*',
      '/',
      '%',
      '^',
      '(',
      ')',
      ',',
      ' ',
      'sqrt',
      'max',
      'pi',
      'x',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        let value = 0;
        try {
          value = calculate(pieces.join(''));
        } catch (error) {
          expect((error as Error).message).toMatch(/^[A-Za-z].*\.$/);
        }
        expect(Number.isFinite(value)).toBe(true);
      }),
    );
  });
});
