// The common parts of all expression parsers: they read tokens, paths and operands, and report the problem that AWS
// would report. They go from left to right without backtracking, so the time is proportional to the length.

import { validationError } from '../errors.ts';
import type { AttributeValue } from '../values.ts';
import { type Token, tokensOf } from './lexer.ts';
import type { Path, PathStep } from './path.ts';
import { isReservedWord } from './reserved-words.ts';
import type { Scope } from './scope.ts';

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-expression-parameters */
const MAX_EXPRESSION_BYTES = 4096;
const MAX_OPERATORS = 300;
/** Protects the stack: parentheses do not count as operators. */
const MAX_DEPTH = 400;
const MAX_INDEX = 2 ** 31 - 1;

/** A path, a value, or a function with its operands. */
export type Operand =
  | { readonly kind: 'path'; readonly path: Path }
  | { readonly kind: 'value'; readonly value: AttributeValue }
  /** A function call or an arithmetic operation. */
  | { readonly kind: 'function'; readonly name: string; readonly operands: readonly Operand[] };

/** Replaces the value of an undefined placeholder, which is reported at the end. */
const UNDEFINED_VALUE: AttributeValue = { NULL: true };

export class ExpressionParser<Problem extends string> {
  readonly tokens: readonly Token[];
  readonly scope: Scope;
  /** The top-level attributes that the expression names. */
  readonly attributes = new Set<string>();
  /** Those of them that it accesses by a longer path, such as `a.b` or `a[0]`. */
  readonly nestedAttributes = new Set<string>();
  readonly #label: string;
  readonly #expression: string;
  readonly #problems = new Map<Problem | 'reserved' | 'placeholder' | 'index', string>();
  #position = 0;
  #operators = 0;
  #depth = 0;

  /** @param label the parameter's name, e.g. `ConditionExpression` */
  constructor(label: string, expression: string, scope: Scope) {
    this.#label = label;
    this.#expression = expression;
    this.scope = scope;
    if (expression.trim() === '') throw this.invalidExpression('The expression can not be empty;');
    const bytes = Buffer.byteLength(expression);
    if (bytes > MAX_EXPRESSION_BYTES) {
      throw this.invalidExpression(`Expression size has exceeded the maximum allowed size; expression size: ${bytes}`);
    }
    this.tokens = tokensOf(expression);
  }

  get tokensRead(): number {
    return this.#position;
  }

  get token(): Token {
    return this.#tokenAt(this.#position);
  }

  get nextToken(): Token {
    return this.#tokenAt(this.#position + 1);
  }

  #tokenAt(index: number): Token {
    const token = this.tokens[Math.min(index, this.tokens.length - 1)];
    if (token === undefined) throw new Error('An expression has no end token.');
    return token;
  }

  advance(): Token {
    const { token } = this;
    this.#position += 1;
    return token;
  }

  /** Reads the symbol if it is the next token; returns whether it was. */
  accept(symbol: string): boolean {
    if (this.token.kind !== 'symbol' || this.token.text !== symbol) return false;
    this.#position += 1;
    return true;
  }

  expect(symbol: string): void {
    if (!this.accept(symbol)) throw this.syntaxError();
  }

  isKeyword(word: string): boolean {
    return this.token.kind === 'name' && this.token.text.toUpperCase() === word;
  }

  acceptKeyword(word: string): boolean {
    if (!this.isKeyword(word)) return false;
    this.#position += 1;
    return true;
  }

  expectEnd(): void {
    if (this.token.kind !== 'end') throw this.syntaxError();
  }

  invalidExpression(message: string): Error {
    return validationError(`Invalid ${this.#label}: ${message}`);
  }

  /** The error for a next token that the grammar does not allow. */
  syntaxError(): Error {
    const previous = this.#position > 0 ? this.#tokenAt(this.#position - 1) : this.token;
    const near = this.#expression.slice(previous.start, this.nextToken.end);
    return this.invalidExpression(`Syntax error; token: "${this.token.text}", near: "${near}"`);
  }

  /** Records a problem that is not a syntax error. Only the first of each kind can be reported. */
  note(problem: Problem | 'reserved' | 'placeholder' | 'index', message: string): void {
    if (!this.#problems.has(problem)) this.#problems.set(problem, message);
  }

  /** @throws {DynamoDbError} the problem that AWS reports first */
  throwProblems(order: readonly (Problem | 'reserved' | 'placeholder' | 'index')[]): void {
    for (const problem of order) {
      const message = this.#problems.get(problem);
      if (message !== undefined) throw this.invalidExpression(message);
    }
  }

  /** @throws {DynamoDbError} when there are more operators than AWS allows */
  countOperator(): void {
    this.#operators += 1;
    if (this.#operators > MAX_OPERATORS) {
      throw this.invalidExpression(`The expression contains too many operators; operator count: ${this.#operators}`);
    }
  }

  /** Parses a part of the grammar that can contain itself. */
  nest<T>(parse: () => T): T {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw this.invalidExpression('The expression is nested too deeply;');
    const result = parse();
    this.#depth -= 1;
    return result;
  }

  /** An attribute's name, written out or as a placeholder. */
  #name(): string {
    const { token } = this;
    if (token.kind === 'namePlaceholder') {
      this.#position += 1;
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
    this.#position += 1;
    if (isReservedWord(token.text)) {
      this.note('reserved', `Attribute name is a reserved keyword; reserved keyword: ${token.text}`);
    }
    return token.text;
  }

  path(): Path {
    const name = this.#name();
    const steps: PathStep[] = [];
    for (;;) {
      if (this.accept('.')) steps.push(this.#name());
      else if (this.accept('[')) steps.push(this.#index());
      else break;
    }
    this.attributes.add(name);
    if (steps.length > 0) this.nestedAttributes.add(name);
    return [name, ...steps];
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
    return value ?? UNDEFINED_VALUE;
  }

  /** A path or a value. */
  simpleOperand(): Operand {
    if (this.token.kind === 'valuePlaceholder') return { kind: 'value', value: this.value() };
    return { kind: 'path', path: this.path() };
  }

  /** The `(operand, …)` of a function. */
  arguments(parseOperand: () => Operand): readonly Operand[] {
    this.expect('(');
    const operands = [parseOperand()];
    while (this.accept(',')) operands.push(parseOperand());
    this.expect(')');
    return operands;
  }
}
