// CloudWatch's metric math, as far as the template uses it. A result of arithmetic is missing if one of its values is.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html

/** Values by the start of their period. */
export type Series = ReadonlyMap<number, number>;
export type Value = number | Series;

export interface Scope {
  /** The starts of all requested periods, oldest first. */
  readonly periods: readonly number[];
  valueOf(id: string): Value;
}

type Evaluate = (scope: Scope) => Value;

const TOKEN = /\s*(\d+(?:\.\d+)?|[A-Za-z_]\w*|>=|<=|==|!=|&&|\|\||[-+*/(),<>])/y;
const OPERATORS: readonly (readonly string[])[] = [
  ['OR', '||'],
  ['AND', '&&'],
  ['==', '!=', '<', '>', '<=', '>='],
  ['+', '-'],
  ['*', '/'],
];

const toNumber = (value: boolean) => (value ? 1 : 0);
const ARITHMETIC: Readonly<Record<string, (left: number, right: number) => number>> = {
  OR: (left, right) => toNumber(left !== 0 || right !== 0),
  AND: (left, right) => toNumber(left !== 0 && right !== 0),
  '==': (left, right) => toNumber(left === right),
  '!=': (left, right) => toNumber(left !== right),
  '<': (left, right) => toNumber(left < right),
  '>': (left, right) => toNumber(left > right),
  '<=': (left, right) => toNumber(left <= right),
  '>=': (left, right) => toNumber(left >= right),
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
};
const ALIASES: Readonly<Record<string, string>> = { '||': 'OR', '&&': 'AND' };

/**
 * Parses an expression.
 *
 * @throws when it has a function or an operator that the model does not support
 */
export function parseExpression(text: string): Evaluate {
  const tokens = tokensOf(text);
  let position = 0;
  const peek = () => tokens[position]?.toUpperCase();
  const take = (expected?: string): string => {
    const token = tokens[position];
    if (token === undefined || (expected !== undefined && token !== expected)) {
      throw new Error(`metric math: ${expected ?? 'a value'} is missing in ${JSON.stringify(text)}`);
    }
    position += 1;
    return token;
  };

  function parseBinary(level: number): Evaluate {
    const operators = OPERATORS[level];
    if (operators === undefined) return parseOperand();
    let left = parseBinary(level + 1);
    for (let operator = peek(); operator !== undefined && operators.includes(operator); operator = peek()) {
      take();
      left = combine(ALIASES[operator] ?? operator, left, parseBinary(level + 1));
    }
    return left;
  }

  function parseOperand(): Evaluate {
    const token = take();
    if (token === '(') {
      const inner = parseBinary(0);
      take(')');
      return inner;
    }
    if (token === '-') return combine('-', () => 0, parseOperand());
    if (/^\d/.test(token)) return () => Number(token);
    if (peek() !== '(') return token === 'REPEAT' ? () => Number.NaN : (scope) => scope.valueOf(token);
    take('(');
    const parameters = [parseBinary(0)];
    while (peek() === ',') {
      take(',');
      parameters.push(parseBinary(0));
    }
    take(')');
    return functionCall(token, parameters);
  }

  const root = parseBinary(0);
  if (position < tokens.length)
    throw new Error(`metric math: ${JSON.stringify(tokens[position])} is unexpected in ${JSON.stringify(text)}`);
  return root;
}

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const from = TOKEN.lastIndex;
    const token = TOKEN.exec(text)?.[1];
    if (token === undefined) throw new Error(`metric math: ${JSON.stringify(text.slice(from))} cannot be parsed`);
    tokens.push(token);
  }
  return tokens;
}

const valueAt = (value: Value, period: number): number | undefined =>
  typeof value === 'number' ? value : value.get(period);

/** Computes a function of one value point by point. A missing point stays missing. */
function mapPoints({ periods }: Scope, value: Value, run: (point: number) => number): Value {
  if (typeof value === 'number') return run(value);
  const points = new Map<number, number>();
  for (const period of periods) {
    const point = value.get(period);
    if (point !== undefined) points.set(period, run(point));
  }
  return points;
}

/** Computes an operator point by point. A point of a series that is not finite (a division by 0) is missing. */
function combine(operator: string, left: Evaluate, right: Evaluate): Evaluate {
  const run = ARITHMETIC[operator] ?? (() => Number.NaN);
  return (scope) => {
    const [leftValue, rightValue] = [left(scope), right(scope)];
    if (typeof leftValue === 'number' && typeof rightValue === 'number') return run(leftValue, rightValue);
    const points = new Map<number, number>();
    for (const period of scope.periods) {
      const [a, b] = [valueAt(leftValue, period), valueAt(rightValue, period)];
      const result = a === undefined || b === undefined ? Number.NaN : run(a, b);
      if (Number.isFinite(result)) points.set(period, result);
    }
    return points;
  };
}

function functionCall(name: string, parameters: readonly Evaluate[]): Evaluate {
  const values = (scope: Scope) => parameters.map((parameter) => parameter(scope));
  switch (name.toUpperCase()) {
    case 'IF':
      return (scope) => conditional(scope, values(scope));
    case 'FILL':
      return (scope) => fill(scope, values(scope));
    case 'DIFF':
      return (scope) => differences(scope, values(scope)[0] ?? 0);
    case 'FLOOR':
      return (scope) => mapPoints(scope, values(scope)[0] ?? 0, Math.floor);
    case 'CEIL':
      return (scope) => mapPoints(scope, values(scope)[0] ?? 0, Math.ceil);
    default:
      throw new Error(`metric math: the model has no function ${name}`);
  }
}

function conditional(scope: Scope, [condition = 0, yes = 0, no = 0]: readonly Value[]): Value {
  const points = new Map<number, number>();
  for (const period of scope.periods) {
    const point = valueAt(condition, period);
    const result = point === undefined ? undefined : valueAt(point === 0 ? no : yes, period);
    if (result !== undefined) points.set(period, result);
  }
  return points;
}

/**
 * Fills each missing period with a value, or (`REPEAT`) with the last value. That includes the newest periods, whose
 * points have not arrived yet: an alarm of one period then never sees a late point.
 */
function fill({ periods }: Scope, [value = 0, filler = 0]: readonly Value[]): Value {
  const points = new Map<number, number>();
  const repeats = typeof filler === 'number' && Number.isNaN(filler);
  let last: number | undefined;
  for (const period of periods) {
    const point = valueAt(value, period) ?? (repeats ? last : valueAt(filler, period));
    if (point === undefined) continue;
    points.set(period, point);
    last = point;
  }
  return points;
}

function differences({ periods }: Scope, value: Value): Value {
  const points = new Map<number, number>();
  let last: number | undefined;
  for (const period of periods) {
    const point = valueAt(value, period);
    if (point !== undefined && last !== undefined) points.set(period, point - last);
    last = point ?? last;
  }
  return points;
}
