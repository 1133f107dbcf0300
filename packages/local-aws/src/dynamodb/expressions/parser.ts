// The common parts of all expressions: reading tokens, paths and operands, and AWS's order of complaints. One pass from
// left to right without backtracking, so the time is proportional to the length.

import { validationError } from '../errors.ts';
import type { AttributeValue } from '../values.ts';
import { type Token, tokensOf } from './lexer.ts';
import type { Path } from './path.ts';
import { isReservedWord } from './reserved-words.ts';
import type { Scope } from './scope.ts';

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-expression-parameters */
const MAX_EXPRESSION_BYTES = 4096;
const MAX_OPERATORS = 300;
/** Far more than the operators allow: it only protects the stack. */
const MAX_DEPTH = 400;
const MAX_INDEX = 2 ** 31 - 1;

/** What an expression is made of. */
export type Operand =
  | { readonly kind: 'path'; readonly path: Path }
  | { readonly kind: 'value'; readonly value: AttributeValue }
  /** A function call or an arithmetic operation. */
  | { readonly kind: 'function'; readonly name: string; readonly operands: readonly Operand[] };

/** The value of an undefined placeholder, which is reported at the end. */
const NOTHING: AttributeValue = { NULL: true };

export class ExpressionParser<Problem extends string> {
  readonly tokens: readonly Token[];
  readonly scope: Scope;
  /** Names of top-level attributes in the expression, and of those that are followed by a step. */
  readonly attributes = new Set<string>();
  readonly nested = new Set<string>();
  readonly #label: string;
  readonly #expression: string;
  readonly #problems = new Map<Problem | 'reserved' | 'placeholder' | 'index', string>();
  #at = 0;
  #operators = 0;
  #depth = 0;

  /** @param label the parameter's name, e.g. `ConditionExpression` */
  constructor(label: string, expression: string, scope: Scope) {
    this.#label = label;
    this.#expression = expression;
    this.scope = scope;
    if (expression.trim() === '') throw this.refusal('The expression can not be empty;');
    const bytes = Buffer.byteLength(expression);
    if (bytes > MAX_EXPRESSION_BYTES) {
      throw this.refusal(`Expression size has exceeded the maximum allowed size; expression size: ${bytes}`);
    }
    this.tokens = tokensOf(expression);
  }

  /** The number of tokens read, which only grows. */
  get steps(): number {
    return this.#at;
  }

  get token(): Token {
    return this.#tokenAt(this.#at);
  }

  get nextToken(): Token {
    return this.#tokenAt(this.#at + 1);
  }

  #tokenAt(index: number): Token {
    const token = this.tokens[Math.min(index, this.tokens.length - 1)];
    if (token === undefined) throw new Error('An expression without an end token.');
    return token;
  }

  advance(): Token {
    const { token } = this;
    this.#at += 1;
    return token;
  }

  /** Reads a symbol, if it is the next token. */
  takes(symbol: string): boolean {
    if (this.token.kind !== 'symbol' || this.token.text !== symbol) return false;
    this.#at += 1;
    return true;
  }

  expect(symbol: string): void {
    if (!this.takes(symbol)) throw this.syntaxError();
  }

  isKeyword(word: string): boolean {
    return this.token.kind === 'name' && this.token.text.toUpperCase() === word;
  }

  takesKeyword(word: string): boolean {
    if (!this.isKeyword(word)) return false;
    this.#at += 1;
    return true;
  }

  expectEnd(): void {
    if (this.token.kind !== 'end') throw this.syntaxError();
  }

  refusal(message: string): Error {
    return validationError(`Invalid ${this.#label}: ${message}`);
  }

  /** The next token is a syntax error. */
  syntaxError(): Error {
    const before = this.#at > 0 ? this.#tokenAt(this.#at - 1) : this.token;
    const near = this.#expression.slice(before.start, this.nextToken.end);
    return this.refusal(`Syntax error; token: "${this.token.text}", near: "${near}"`);
  }

  /** Records a problem beyond the syntax; the first of a kind counts. */
  note(problem: Problem | 'reserved' | 'placeholder' | 'index', message: string): void {
    if (!this.#problems.has(problem)) this.#problems.set(problem, message);
  }

  /** @throws {DynamoDbError} the problem that AWS reports first */
  throwProblems(order: readonly (Problem | 'reserved' | 'placeholder' | 'index')[]): void {
    for (const problem of order) {
      const message = this.#problems.get(problem);
      if (message !== undefined) throw this.refusal(message);
    }
  }

  /** @throws {DynamoDbError} when there are more than AWS allows */
  countOperator(): void {
    this.#operators += 1;
    if (this.#operators > MAX_OPERATORS) {
      throw this.refusal(`The expression contains too many operators; operator count: ${this.#operators}`);
    }
  }

  /** Parses a part of the grammar that can contain itself. */
  nest<T>(parse: () => T): T {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw this.refusal('The expression is nested too deeply;');
    const result = parse();
    this.#depth -= 1;
    return result;
  }

  /** An attribute's name, written out or as a placeholder. */
  #name(): string {
    const { token } = this;
    if (token.kind === 'namePlaceholder') {
      this.#at += 1;
      const name = this.scope.name(token.text);
      if (name === undefined) {
        this.note(
          'placeholder',
          `An expression attribute name used in the document path is not defined; attribute name: ${token.text}`,
        );
      }
      return name ?? token.text;
    }
    if (token.kind !== 'name') throw this.syntaxError();
    this.#at += 1;
    if (isReservedWord(token.text)) {
      this.note('reserved', `Attribute name is a reserved keyword; reserved keyword: ${token.text}`);
    }
    return token.text;
  }

  path(): Path {
    const head = this.#name();
    const rest: (string | number)[] = [];
    for (;;) {
      if (this.takes('.')) rest.push(this.#name());
      else if (this.takes('[')) rest.push(this.#index());
      else break;
    }
    this.attributes.add(head);
    if (rest.length > 0) this.nested.add(head);
    return [head, ...rest];
  }

  #index(): number {
    if (this.token.kind !== 'number') throw this.syntaxError();
    const { text } = this.advance();
    this.expect(']');
    const index = Number(text);
    if (index > MAX_INDEX) this.note('index', `List index is not within the allowable range; index: [${text}]`);
    return Math.min(index, MAX_INDEX);
  }

  value(): AttributeValue {
    const { text } = this.advance();
    const value = this.scope.value(text);
    if (value === undefined) {
      this.note(
        'placeholder',
        `An expression attribute value used in expression is not defined; attribute value: ${text}`,
      );
    }
    return value ?? NOTHING;
  }

  /** A path or a value. */
  simpleOperand(): Operand {
    if (this.token.kind === 'valuePlaceholder') return { kind: 'value', value: this.value() };
    return { kind: 'path', path: this.path() };
  }

  /** `(operand, …)` of a function. */
  arguments(operand: () => Operand): readonly Operand[] {
    this.expect('(');
    const operands = [operand()];
    while (this.takes(',')) operands.push(operand());
    this.expect(')');
    return operands;
  }
}
