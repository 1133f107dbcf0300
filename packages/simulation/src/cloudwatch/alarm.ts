// Evaluates alarms as CloudWatch does, once a minute.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
import { parseExpression, type Series, type Value } from './expression.ts';
import type { Metrics } from './metrics.ts';
import type { AlarmDefinition } from './template.ts';

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

export interface Alarm {
  readonly definition: AlarmDefinition;
  readonly state: AlarmState;
  /** The newest point of the last evaluation. */
  readonly value: number | undefined;
  evaluate(now: number): void;
}

/** Periods that are read besides the evaluated ones, because points arrive late, and some never. */
const MORE_PERIODS = 2;

const COMPARISONS: Readonly<
  Record<AlarmDefinition['ComparisonOperator'], (value: number, threshold: number) => boolean>
> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

/** Evaluates an alarm of a template on a store of metrics. */
export function createAlarm(definition: AlarmDefinition, metrics: Metrics): Alarm {
  const { ComparisonOperator, Threshold, EvaluationPeriods, DatapointsToAlarm = EvaluationPeriods } = definition;
  const read = createReader(definition, metrics);
  let state: AlarmState = 'INSUFFICIENT_DATA';
  let newest: number | undefined;

  return {
    definition,
    get state() {
      return state;
    },
    get value() {
      return newest;
    },
    evaluate(now) {
      const points = read(now).slice(-EvaluationPeriods);
      newest = points.at(-1);
      const breaching = points.filter((value) => COMPARISONS[ComparisonOperator](value, Threshold)).length;
      const missing = EvaluationPeriods - points.length;
      state = nextState(breaching, missing, points.length);
    },
  };

  function nextState(breaching: number, missing: number, pointCount: number): AlarmState {
    const { TreatMissingData } = definition;
    const breachCount = TreatMissingData === 'breaching' ? breaching + missing : breaching;
    if (pointCount === 0 && TreatMissingData === 'missing') return 'INSUFFICIENT_DATA';
    if (pointCount === 0 && TreatMissingData === 'ignore') return state;
    return breachCount >= DatapointsToAlarm ? 'ALARM' : 'OK';
  }
}

/** Reads the points of an alarm's evaluation, oldest first. */
function createReader({ id, queries, EvaluationPeriods, Period }: AlarmDefinition, metrics: Metrics) {
  const parsed = queries.map((query) => ({
    ...query,
    run: query.Expression === undefined ? undefined : parseExpression(query.Expression),
  }));
  const periodSeconds = Math.max(...queries.map(({ MetricStat }) => MetricStat?.Period ?? 0), 0) || Period;
  const periodMs = periodSeconds * 1000;
  const returnedId = queries.find(({ ReturnData }) => ReturnData)?.Id ?? '';

  return (now: number): number[] => {
    const to = Math.floor(now / periodMs) * periodMs;
    const count = EvaluationPeriods + MORE_PERIODS;
    const periods = Array.from({ length: count }, (_, index) => to - (count - index) * periodMs);
    const values = new Map<string, Value>();
    const scope = { periods, valueOf: evaluateQuery };
    function evaluateQuery(name: string): Value {
      const cached = values.get(name);
      if (cached !== undefined) return cached;
      const query = parsed.find(({ Id }) => Id === name);
      if (query === undefined) throw new Error(`${id}: the expression names ${name}, which does not exist`);
      const value = query.MetricStat
        ? metrics.read(query.MetricStat, to - count * periodMs, to, now)
        : (query.run?.(scope) ?? new Map<number, number>());
      values.set(name, value);
      return value;
    }
    return pointsOf(evaluateQuery(returnedId), periods);
  };
}

function pointsOf(value: number | Series, periods: readonly number[]): number[] {
  return periods
    .map((period) => (typeof value === 'number' ? value : value.get(period)))
    .filter((point) => point !== undefined);
}

/** Whether a composite alarm is on, by its rule: `ALARM("name")`, AND, OR, NOT, parentheses. */
export function isCompositeAlarmOn(rule: string, alarms: readonly Alarm[]): boolean {
  const states = rule.replaceAll(
    /(ALARM|OK|INSUFFICIENT_DATA)\(\s*"?([^")]+)"?\s*\)/g,
    (_, state: string, name: string) => {
      const alarm = alarms.find(({ definition }) => definition.name === name.replace(/^arn:.*:alarm:/, ''));
      if (alarm === undefined) throw new Error(`the rule of a composite alarm names ${name}, which does not exist`);
      return alarm.state === state ? '1' : '0';
    },
  );
  return valueOfRule(
    states
      .replaceAll(/\bTRUE\b/g, '1')
      .replaceAll(/\bFALSE\b/g, '0')
      .replaceAll(/NOT\s+/g, '1 - '),
  );
}

function valueOfRule(rule: string): boolean {
  const value = parseExpression(rule)({ periods: [], valueOf: (name) => Number(name) });
  return value === 1;
}
