// Parses condition, filter and key condition expressions into trees.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html

import { compareValues, isValueType, typeOf, type ValueType } from '../values.ts';
import { ExpressionParser, type Operand } from './parser.ts';
import { pathText, samePath } from './path.ts';
import type { Scope } from './scope.ts';

export type Comparator = '=' | '<>' | '<' | '<=' | '>' | '>=';

export type Condition =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Condition[] }
  | { readonly kind: 'not'; readonly part: Condition }
  | { readonly kind: 'compare'; readonly comparator: Comparator; readonly left: Operand; readonly right: Operand }
  | { readonly kind: 'between'; readonly value: Operand; readonly low: Operand; readonly high: Operand }
  | { readonly kind: 'in'; readonly value: Operand; readonly options: readonly Operand[] }
  | { readonly kind: 'call'; readonly name: string; readonly operands: readonly Operand[] };

export interface ParsedCondition {
  readonly condition: Condition;
  /** The top-level attributes that the expression names. */
  readonly attributes: ReadonlySet<string>;
  /** Those of them that it accesses by a longer path, such as `a.b` or `a[0]`. */
  readonly nestedAttributes: ReadonlySet<string>;
  /** How many times the parser read a token: once for each, because it does not backtrack. */
  readonly tokensRead: number;
}

type Problem = 'parens' | 'unknownFunction' | 'misusedFunction' | 'count' | 'distinct' | 'type';

/** A parsed part: a condition or an operand, and whether it was in parentheses. */
interface Part {
  readonly condition?: Condition;
  readonly operand?: Operand;
  readonly inParens?: boolean;
}

const COMPARATORS: ReadonlySet<string> = new Set(['=', '<>', '<', '<=', '>', '>=']);
/** The number of operands of each function. */
const FUNCTIONS: Readonly<Record<string, number>> = {
  attribute_exists: 1,
  attribute_not_exists: 1,
  attribute_type: 2,
  begins_with: 2,
  contains: 2,
  size: 1,
};
const MAX_IN_OPERANDS = 100;
/** The types that `<`, `<=`, `>`, `>=` and BETWEEN can order. */
const ORDERED_TYPES: ReadonlySet<ValueType> = new Set(['S', 'N', 'B']);
/** The order in which AWS reports problems. */
const PROBLEM_ORDER = [
  'parens',
  'unknownFunction',
  'misusedFunction',
  'reserved',
  'placeholder',
  'index',
  'count',
  'distinct',
  'type',
] as const;

const isComparator = (text: string): text is Comparator => COMPARATORS.has(text);

/** The type of an operand, if it is known without an item. */
function operandType(operand: Operand): ValueType | undefined {
  if (operand.kind === 'value') return typeOf(operand.value);
  return operand.kind === 'function' && operand.name === 'size' ? 'N' : undefined;
}

class ConditionParser extends ExpressionParser<Problem> {
  parse(): Condition {
    const condition = this.#asCondition(this.#or());
    this.expectEnd();
    this.throwProblems(PROBLEM_ORDER);
    return condition;
  }

  #or(): Part {
    return this.#chain('or', () => this.#chain('and', () => this.#not()));
  }

  #chain(kind: 'and' | 'or', parse: () => Part): Part {
    const first = parse();
    if (!this.isKeyword(kind.toUpperCase())) return first;
    const parts = [this.#asCondition(first)];
    while (this.acceptKeyword(kind.toUpperCase())) {
      this.countOperator();
      parts.push(this.#asCondition(parse()));
    }
    return { condition: { kind, parts } };
  }

  #not(): Part {
    let negations = 0;
    while (this.acceptKeyword('NOT')) {
      this.countOperator();
      negations += 1;
    }
    const part = this.#comparison();
    if (negations === 0) return part;
    let condition = this.#asCondition(part);
    for (; negations > 0; negations -= 1) condition = { kind: 'not', part: condition };
    return { condition };
  }

  #comparison(): Part {
    const left = this.#primary();
    const { token } = this;
    if (token.kind === 'symbol' && isComparator(token.text)) {
      this.advance();
      this.countOperator();
      return { condition: this.#compare(token.text, this.#asOperand(left), this.#asOperand(this.#primary())) };
    }
    if (this.acceptKeyword('BETWEEN')) {
      this.countOperator();
      const low = this.#asOperand(this.#primary());
      if (!this.acceptKeyword('AND')) throw this.syntaxError();
      return { condition: this.#between(this.#asOperand(left), low, this.#asOperand(this.#primary())) };
    }
    if (this.acceptKeyword('IN')) {
      this.countOperator();
      const options = this.arguments(() => this.#asOperand(this.#primary()));
      return { condition: this.#in(this.#asOperand(left), options) };
    }
    return left;
  }

  #primary(): Part {
    if (this.accept('(')) {
      const inside = this.nest(() => this.#or());
      this.expect(')');
      if (inside.inParens) this.note('parens', 'The expression has redundant parentheses;');
      return { ...inside, inParens: true };
    }
    if (this.token.kind === 'name' && this.nextToken.text === '(' && !this.isKeyword('NOT')) return this.#call();
    return { operand: this.simpleOperand() };
  }

  #call(): Part {
    const name = this.advance().text;
    this.countOperator();
    const operands = this.nest(() => this.arguments(() => this.#asOperand(this.#primary())));
    this.#checkCall(name, operands);
    return name === 'size'
      ? { operand: { kind: 'function', name, operands } }
      : { condition: { kind: 'call', name, operands } };
  }

  #asCondition({ condition, operand }: Part): Condition {
    if (condition !== undefined) return condition;
    if (operand?.kind !== 'function') throw this.syntaxError();
    this.#noteMisuse(operand.name);
    return { kind: 'call', name: operand.name, operands: operand.operands };
  }

  #asOperand({ condition, operand }: Part): Operand {
    if (operand !== undefined) return operand;
    if (condition?.kind !== 'call') throw this.syntaxError();
    this.#noteMisuse(condition.name);
    return { kind: 'function', name: condition.name, operands: condition.operands };
  }

  #noteMisuse(name: string): void {
    if (!Object.hasOwn(FUNCTIONS, name)) return;
    this.note('misusedFunction', `The function is not allowed to be used this way in an expression; function: ${name}`);
  }

  #checkCall(name: string, operands: readonly Operand[]): void {
    if (!Object.hasOwn(FUNCTIONS, name)) {
      this.note('unknownFunction', `Invalid function name; function: ${name}`);
      return;
    }
    if (operands.length !== FUNCTIONS[name]) {
      this.note(
        'count',
        `Incorrect number of operands for operator or function; operator or function: ${name}, number of operands: ${operands.length}`,
      );
      return;
    }
    const [first, second] = operands;
    if (first === undefined) return;
    this.#checkDistinct(name, first, second);
    this.#checkOperandTypes(name, first, second);
  }

  #checkOperandTypes(name: string, first: Operand, second: Operand | undefined): void {
    if (name === 'attribute_exists' || name === 'attribute_not_exists') {
      if (first.kind !== 'path') {
        this.note('type', `Operator or function requires a document path; operator or function: ${name}`);
      }
    } else if (name === 'begins_with') {
      const types = [first, second].map((operand) => operand && operandType(operand));
      const wrongType = types.find((type) => type !== undefined && type !== 'S' && type !== 'B');
      if (wrongType !== undefined) this.#noteWrongType(name, wrongType);
    } else if (name === 'size') {
      const type = operandType(first);
      if (type === 'N' || type === 'BOOL' || type === 'NULL') this.#noteWrongType(name, type);
    } else if (name === 'attribute_type' && second !== undefined) {
      const type = operandType(second);
      if (type !== 'S') this.#noteWrongType(name, type ?? '{NS,SS,L,BS,N,M,B,BOOL,NULL,S}');
      else if (second.kind === 'value' && !isValueType(second.value.S ?? '')) {
        this.note(
          'type',
          `Invalid attribute type name found; type: ${second.value.S}, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}`,
        );
      }
    }
  }

  #checkDistinct(operator: string, first: Operand, second: Operand | undefined): void {
    if (first.kind === 'path' && second?.kind === 'path' && samePath(first.path, second.path)) {
      this.note(
        'distinct',
        `The first operand must be distinct from the remaining operands for this operator or function; operator: ${operator}, first operand: ${pathText(first.path)}`,
      );
    }
  }

  #compare(comparator: Comparator, left: Operand, right: Operand): Condition {
    if (comparator !== '=' && comparator !== '<>') this.#checkOrdered(comparator, [left, right]);
    this.#checkDistinct(comparator, left, right);
    return { kind: 'compare', comparator, left, right };
  }

  /** Only values are checked here: an attribute of another type makes the comparison false later. */
  #checkOrdered(operator: string, operands: readonly Operand[]): void {
    const wrongType = operands.map(operandType).find((type) => type !== undefined && !ORDERED_TYPES.has(type));
    if (wrongType !== undefined) this.#noteWrongType(operator, wrongType);
  }

  #noteWrongType(operator: string, type: string): void {
    this.note(
      'type',
      `Incorrect operand type for operator or function; operator or function: ${operator}, operand type: ${type}`,
    );
  }

  #between(value: Operand, low: Operand, high: Operand): Condition {
    this.#checkOrdered('BETWEEN', [value, low, high]);
    if (low.kind === 'value' && high.kind === 'value') {
      const [lowType, highType] = [typeOf(low.value), typeOf(high.value)];
      const bounds = `lower bound operand: AttributeValue: {${lowType}:${low.value[lowType]}}, upper bound operand: AttributeValue: {${highType}:${high.value[highType]}}`;
      if (lowType !== highType) {
        this.note('type', `The BETWEEN operator requires same data type for lower and upper bounds; ${bounds}`);
      } else if ((compareValues(low.value, high.value) ?? 0) > 0) {
        this.note(
          'type',
          `The BETWEEN operator requires upper bound to be greater than or equal to lower bound; ${bounds}`,
        );
      }
    }
    return { kind: 'between', value, low, high };
  }

  #in(value: Operand, options: readonly Operand[]): Condition {
    if (options.length > MAX_IN_OPERANDS) {
      this.note('count', `The IN operator is provided with too many operands; number of operands: ${options.length}`);
    }
    return { kind: 'in', value, options };
  }
}

/** @throws {DynamoDbError} `ValidationException` that begins with `Invalid <label>: ` */
export function parseCondition(label: string, expression: string, scope: Scope): ParsedCondition {
  const parser = new ConditionParser(label, expression, scope);
  const condition = parser.parse();
  return {
    condition,
    attributes: parser.attributes,
    nestedAttributes: parser.nestedAttributes,
    tokensRead: parser.tokensRead,
  };
}
