// DynamoDB's expression language as far as this project's calls use it: one tokenizer, one cursor, paths and operands.
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { validationError } from './errors.ts';
import { checkValue, type Item } from './values.ts';

/** What an expression is evaluated against. */
export interface Scope {
  readonly item: Item;
  readonly names: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, AttributeValue>>;
  /** Which placeholders were used: those that were not are an error. */
  readonly used: Set<string>;
}

export type Path = readonly (string | number)[];
export type PathOf = (scope: Scope) => Path;
export type Operand = (scope: Scope) => AttributeValue | undefined;

const TOKEN = /\s*(#[\w-]+|:[\w-]+|[A-Za-z_][\w]*|\d+|<=|>=|<>|[()[\].,=<>+-])/y;

/** Those of DynamoDB's reserved words that this project's attribute names come near to. */
const RESERVED = new Set([
  'status',
  'stored',
  'first',
  'last',
  'groups',
  'count',
  'size',
  'name',
  'year',
  'role',
  'trace',
]);

export interface Cursor {
  peek(): string | undefined;
  take(): string;
  /** Takes the next token when it is this one (keywords in any case). */
  accept(token: string): boolean;
  expect(token: string): void;
  end(): void;
}

export function cursorOf(expression: string): Cursor {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  for (let end = expression.trimEnd().length; TOKEN.lastIndex < end; ) {
    const match = TOKEN.exec(expression);
    if (match?.[1] === undefined) throw validationError(`Invalid expression: Syntax error in "${expression}"`);
    tokens.push(match[1]);
  }
  let at = 0;
  const is = (token: string) => tokens[at]?.toUpperCase() === token.toUpperCase();
  const fail = () =>
    validationError(`Invalid expression: Syntax error; token: ${tokens[at] ?? '<EOF>'}, in "${expression}"`);
  return {
    peek: () => tokens[at],
    take() {
      const token = tokens[at];
      if (token === undefined) throw fail();
      at += 1;
      return token;
    },
    accept(token) {
      if (!is(token)) return false;
      at += 1;
      return true;
    },
    expect(token) {
      if (!is(token)) throw fail();
      at += 1;
    },
    end() {
      if (at < tokens.length) throw fail();
    },
  };
}

export function parsePath(cursor: Cursor): PathOf {
  const steps: (string | number)[] = [name(cursor.take())];
  for (;;) {
    if (cursor.accept('.')) steps.push(name(cursor.take()));
    else if (cursor.accept('[')) {
      steps.push(Number(cursor.take()));
      cursor.expect(']');
    } else break;
  }
  return (scope) =>
    steps.map((step) => {
      if (typeof step === 'number' || !step.startsWith('#')) return step;
      const real = scope.names[step];
      if (real === undefined)
        throw validationError(`An expression attribute name used in the document path is not defined: ${step}`);
      scope.used.add(step);
      return real;
    });
}

function name(token: string): string {
  if (!/^[#A-Za-z_]/.test(token)) throw validationError(`Invalid expression: Syntax error; token: ${token}`);
  if (RESERVED.has(token.toLowerCase())) {
    throw validationError(`Invalid expression: Attribute name is a reserved keyword; reserved keyword: ${token}`);
  }
  return token;
}

export function parseOperand(cursor: Cursor): Operand {
  const token = cursor.peek();
  if (token?.startsWith(':')) {
    cursor.take();
    return (scope) => {
      const value = scope.values[token];
      if (value === undefined)
        throw validationError(`An expression attribute value used in expression is not defined: ${token}`);
      checkValue(value);
      scope.used.add(token);
      return value;
    };
  }
  if (token?.toLowerCase() === 'size') {
    cursor.take();
    cursor.expect('(');
    const path = parsePath(cursor);
    cursor.expect(')');
    return (scope) => sizeOf(valueAt(scope.item, path(scope)));
  }
  const path = parsePath(cursor);
  return (scope) => valueAt(scope.item, path(scope));
}

function sizeOf(value: AttributeValue | undefined): AttributeValue | undefined {
  const sized = value?.S ?? value?.B ?? value?.NS ?? value?.SS ?? value?.L;
  if (sized !== undefined) return { N: String(sized.length) };
  return value?.M === undefined ? undefined : { N: String(Object.keys(value.M).length) };
}

export function valueAt(item: Item, path: Path): AttributeValue | undefined {
  let value: AttributeValue | undefined = { M: { ...item } };
  for (const step of path) value = typeof step === 'number' ? value?.L?.[step] : value?.M?.[step];
  return value;
}

interface Placeholders {
  readonly ExpressionAttributeNames?: Record<string, string> | undefined;
  readonly ExpressionAttributeValues?: Record<string, AttributeValue> | undefined;
}

export function scopeOf(input: Placeholders, item: Item): Scope {
  return {
    item,
    names: input.ExpressionAttributeNames ?? {},
    values: input.ExpressionAttributeValues ?? {},
    used: new Set(),
  };
}

export function project(item: Item, expression: string | undefined, { names }: Scope): Item {
  if (expression === undefined) return item;
  const wanted = expression.split(',').map((word) => names[word.trim()] ?? word.trim());
  return Object.fromEntries(Object.entries(item).filter(([name]) => wanted.includes(name)));
}

const cache = new Map<string, unknown>();

/** Parses an expression once; the same text gives the same evaluator. */
export function remembered<T>(
  kind: string,
  expression: string,
  parse: (cursor: Cursor) => T,
  known: (value: unknown) => value is T,
): T {
  const key = `${kind} ${expression}`;
  const before = cache.get(key);
  if (known(before)) return before;
  const cursor = cursorOf(expression);
  const parsed = parse(cursor);
  cursor.end();
  cache.set(key, parsed);
  return parsed;
}
