import { tokenize } from './tokenize.js';
import type { Token } from './tokenize.js';

const MAX_LENGTH = 1000;
const MAX_DEPTH = 100;

const constants = new Map([
  ['pi', Math.PI],
  ['e', Math.E],
]);

const functions = new Map<string, { arity: number | 'any'; apply: (...values: number[]) => number }>([
  ...(
    [
      'sqrt',
      'cbrt',
      'abs',
      'floor',
      'ceil',
      'trunc',
      'sign',
      'exp',
      'log2',
      'sin',
      'cos',
      'tan',
      'asin',
      'acos',
      'atan',
    ] as const
  ).map((name) => [name, { arity: 1 as const, apply: (value: number) => Math[name](value) }] as const),
  // Halves go away from zero, as people round.
  ['round', { arity: 1, apply: (value) => Math.sign(value) * Math.round(Math.abs(value)) }],
  ['ln', { arity: 1, apply: Math.log }],
  ['log', { arity: 1, apply: Math.log10 }],
  ['min', { arity: 'any', apply: Math.min }],
  ['max', { arity: 'any', apply: Math.max }],
]);

/**
 * The value of an arithmetic expression of at most 1000 characters. `^` binds more tightly than a sign before it and to the
 * right; `%` is the remainder with the sign of the dividend. Throws an Error that says what is wrong and where.
 */
export function calculate(expression: string): number {
  if (expression.length > MAX_LENGTH)
    throw new Error(`The expression is longer than ${MAX_LENGTH} characters.`);
  const value = new Parser(tokenize(expression)).parse();
  if (Number.isNaN(value)) throw new Error('The result is not a real number.');
  if (!Number.isFinite(value)) throw new Error('The result is too large.');
  return value;
}

/** A number as people read it: 15 significant digits, which hide the binary rest of 0.1 + 0.2. */
export function formatNumber(value: number): string {
  if (Number.isSafeInteger(value)) return String(value === 0 ? 0 : value);
  const digits = value.toPrecision(15);
  return Math.abs(value) >= 1e15 ? Number(digits).toExponential() : String(Number(digits));
}

/** Recursive descent, one method a level of precedence. */
class Parser {
  private at = 0;
  private depth = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  parse(): number {
    const value = this.sum();
    if (this.next.kind !== 'end') throw this.unexpected('an operator');
    return value;
  }

  private sum(): number {
    let value = this.product();
    for (;;) {
      if (this.take('+')) value += this.product();
      else if (this.take('-')) value -= this.product();
      else return value;
    }
  }

  private product(): number {
    let value = this.signed();
    for (;;) {
      if (this.take('*')) value *= this.signed();
      else if (this.take('/')) value /= this.divisor();
      else if (this.take('%')) value %= this.divisor();
      else return value;
    }
  }

  private divisor(): number {
    const { position } = this.next;
    const value = this.signed();
    if (value === 0) throw new Error(`Division by zero at position ${position}.`);
    return value;
  }

  private signed(): number {
    return this.nested(() => {
      if (this.take('-')) return -this.signed();
      if (this.take('+')) return this.signed();
      const base = this.operand();
      return this.take('^') ? base ** this.signed() : base;
    });
  }

  private operand(): number {
    const token = this.next;
    if (token.kind === 'number') {
      this.at += 1;
      return token.value;
    }
    if (token.kind === 'name') {
      this.at += 1;
      return this.named(token);
    }
    if (!this.take('(')) throw this.unexpected('a number');
    const value = this.sum();
    this.expect(')');
    return value;
  }

  private named(token: Token): number {
    const constant = constants.get(token.text);
    if (constant !== undefined) return constant;
    const found = functions.get(token.text);
    if (!found) throw new Error(`Unknown name "${token.text}" at position ${token.position}.`);
    this.expect('(');
    const values = [this.sum()];
    while (this.take(',')) values.push(this.sum());
    this.expect(')');
    if (found.arity !== 'any' && values.length !== found.arity) {
      throw new Error(
        `${token.text} takes ${found.arity} value, not ${values.length}, at position ${token.position}.`,
      );
    }
    return found.apply(...values);
  }

  private nested(parse: () => number): number {
    this.depth += 1;
    if (this.depth > MAX_DEPTH)
      throw new Error(`The expression is nested more than ${MAX_DEPTH} levels deep.`);
    const value = parse();
    this.depth -= 1;
    return value;
  }

  private get next(): Token {
    return this.tokens[this.at] ?? { kind: 'end', text: 'the end', position: 0 };
  }

  private take(symbol: string): boolean {
    const taken = this.next.kind === 'symbol' && this.next.text === symbol;
    if (taken) this.at += 1;
    return taken;
  }

  private expect(symbol: string): void {
    if (!this.take(symbol)) throw this.unexpected(`"${symbol}"`);
  }

  private unexpected(wanted: string): Error {
    const { kind, text, position } = this.next;
    const found = kind === 'end' ? text : `"${text}"`;
    return new Error(`Expected ${wanted} at position ${position}, found ${found}.`);
  }
}
