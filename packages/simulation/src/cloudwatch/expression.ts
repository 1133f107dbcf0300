// CloudWatch's metric math, as far as the template uses it. A result is missing if one of its values is missing.
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

const truth = (value: boolean) => (value ? 1 : 0);
const ARITHMETIC: Readonly<Record<string, (left: number, right: number) => number>> = {
  OR: (left, right) => truth(left !== 0 || right !== 0),
  AND: (left, right) => truth(left !== 0 && right !== 0),
  '==': (left, right) => truth(left === right),
  '!=': (left, right) => truth(left !== right),
  '<': (left, right) => truth(left < right),
  '>': (left, right) => truth(left > right),
  '<=': (left, right) => truth(left <= right),
  '>=': (left, right) => truth(left >= right),
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
  let at = 0;
  const peek = () => tokens[at]?.toUpperCase();
  const take = (expected?: string): string => {
    const token = tokens[at];
    if (token === undefined || (expected !== undefined && token !== expected)) {
      throw new Error(`metric math: ${expected ?? 'a value'} is missing in ${JSON.stringify(text)}`);
    }
    at += 1;
    return token;
  };

  function binary(level: number): Evaluate {
    const operators = OPERATORS[level];
    if (operators === undefined) return operand();
    let left = binary(level + 1);
    for (let sign = peek(); sign !== undefined && operators.includes(sign); sign = peek()) {
      take();
      left = combined(ALIASES[sign] ?? sign, left, binary(level + 1));
    }
    return left;
  }

  function operand(): Evaluate {
    const token = take();
    if (token === '(') {
      const inner = binary(0);
      take(')');
      return inner;
    }
    if (token === '-') return combined('-', () => 0, operand());
    if (/^\d/.test(token)) return () => Number(token);
    if (peek() !== '(') return token === 'REPEAT' ? () => Number.NaN : (scope) => scope.valueOf(token);
    take('(');
    const parameters = [binary(0)];
    while (peek() === ',') {
      take(',');
      parameters.push(binary(0));
    }
    take(')');
    return call(token, parameters);
  }

  const whole = binary(0);
  if (at < tokens.length)
    throw new Error(`metric math: ${JSON.stringify(tokens[at])} is too much in ${JSON.stringify(text)}`);
  return whole;
}

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const from = TOKEN.lastIndex;
    const token = TOKEN.exec(text)?.[1];
    if (token === undefined) throw new Error(`metric math: ${JSON.stringify(text.slice(from))} is not known`);
    tokens.push(token);
  }
  return tokens;
}

const at = (value: Value, period: number): number | undefined =>
  typeof value === 'number' ? value : value.get(period);

/** Computes point by point. A result that is not a number (a division by 0) is missing. */
function mapped({ periods }: Scope, value: Value, run: (point: number) => number): Value {
  if (typeof value === 'number') return run(value);
  const points = new Map<number, number>();
  for (const period of periods) {
    const point = value.get(period);
    if (point !== undefined) points.set(period, run(point));
  }
  return points;
}

function combined(operator: string, left: Evaluate, right: Evaluate): Evaluate {
  const run = ARITHMETIC[operator] ?? (() => Number.NaN);
  return (scope) => {
    const [one, other] = [left(scope), right(scope)];
    if (typeof one === 'number' && typeof other === 'number') return run(one, other);
    const points = new Map<number, number>();
    for (const period of scope.periods) {
      const [a, b] = [at(one, period), at(other, period)];
      const result = a === undefined || b === undefined ? Number.NaN : run(a, b);
      if (Number.isFinite(result)) points.set(period, result);
    }
    return points;
  };
}

function call(name: string, parameters: readonly Evaluate[]): Evaluate {
  const values = (scope: Scope) => parameters.map((parameter) => parameter(scope));
  switch (name.toUpperCase()) {
    case 'IF':
      return (scope) => chosen(scope, values(scope));
    case 'FILL':
      return (scope) => filled(scope, values(scope));
    case 'DIFF':
      return (scope) => differences(scope, values(scope)[0] ?? 0);
    case 'FLOOR':
      return (scope) => mapped(scope, values(scope)[0] ?? 0, Math.floor);
    case 'CEIL':
      return (scope) => mapped(scope, values(scope)[0] ?? 0, Math.ceil);
    default:
      throw new Error(`metric math: the model has no function ${name}`);
  }
}

function chosen(scope: Scope, [condition = 0, yes = 0, no = 0]: readonly Value[]): Value {
  const points = new Map<number, number>();
  for (const period of scope.periods) {
    const isTrue = at(condition, period);
    const result = isTrue === undefined ? undefined : at(isTrue === 0 ? no : yes, period);
    if (result !== undefined) points.set(period, result);
  }
  return points;
}

/**
 * Fills each missing period with a value, or (`REPEAT`) with the last value. That includes the newest periods, whose
 * points have not arrived yet: an alarm of one period then never sees a late point.
 */
function filled({ periods }: Scope, [value = 0, filler = 0]: readonly Value[]): Value {
  const points = new Map<number, number>();
  const repeats = typeof filler === 'number' && Number.isNaN(filler);
  let last: number | undefined;
  for (const period of periods) {
    const point = at(value, period) ?? (repeats ? last : at(filler, period));
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
    const point = at(value, period);
    if (point !== undefined && last !== undefined) points.set(period, point - last);
    last = point ?? last;
  }
  return points;
}
