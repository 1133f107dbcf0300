// The model of CloudWatch and Auto Scaling: late points, metric math, the evaluation of alarms, step scaling.
import { describe, expect, test } from '@jest/globals';
import { createAlarm, isCompositeAlarmOn } from '../../src/cloudwatch/alarm.ts';
import { parseExpression } from '../../src/cloudwatch/expression.ts';
import { createMetrics } from '../../src/cloudwatch/metrics.ts';
import { createScaling } from '../../src/cloudwatch/scaling.ts';
import { type AlarmDefinition, type Operations, readOperations } from '../../src/cloudwatch/template.ts';

const MINUTE = 60_000;
const METRIC = { namespace: 'AWS/SQS', name: 'Waiting', dimensions: { QueueName: 'q' } };
const STAT = {
  Metric: { Namespace: 'AWS/SQS', MetricName: 'Waiting', Dimensions: [{ Name: 'QueueName', Value: 'q' }] },
  Stat: 'Maximum',
  Period: 60,
};

const definition = (more: Partial<AlarmDefinition> = {}): AlarmDefinition => ({
  id: 'Some',
  name: 'some',
  AlarmDescription: '',
  queries: [{ Id: 'm', MetricStat: STAT, ReturnData: true }],
  Period: 60,
  ComparisonOperator: 'GreaterThanThreshold',
  Threshold: 5,
  EvaluationPeriods: 1,
  TreatMissingData: 'notBreaching',
  AlarmActions: [],
  ActionsEnabled: true,
  ...more,
});

test('a point can be read a minute after its minute, and each statistic is of that minute', () => {
  const metrics = createMetrics();
  for (const [second, value] of [
    [0, 3],
    [30, 9],
  ] as const)
    metrics.series(METRIC)(second * 1000, value);
  const read = (stat: string, now: number) => [...metrics.read({ ...STAT, Stat: stat }, 0, MINUTE, now).values()];
  expect(read('Maximum', 2 * MINUTE - 1)).toEqual([]);
  expect(read('Maximum', 2 * MINUTE)).toEqual([9]);
  expect(['Minimum', 'Average', 'Sum', 'SampleCount'].map((stat) => read(stat, 2 * MINUTE)[0])).toEqual([3, 6, 12, 2]);
  expect(() => read('p99', 2 * MINUTE)).toThrow('p99');
});

describe('metric math', () => {
  const periods = [0, 1, 2, 3];
  const series: Readonly<Record<string, ReadonlyMap<number, number>>> = {
    all: new Map([1, 2, 4, 8].map((value, index) => [index, value])),
    // The newest point has not arrived yet.
    late: new Map([5, 6, 0].map((value, index) => [index, value])),
  };
  const values = (text: string) => {
    const value = parseExpression(text)({ periods, valueOf: (id) => series[id] ?? new Map<number, number>() });
    return typeof value === 'number' ? value : periods.map((period) => value.get(period));
  };

  test.each([
    ['1 + 2 * 3 - 4 / 2', 5],
    ['(1 + 2) * 3', 9],
    ['1 > 2 OR 3 >= 3 AND 1 == 1', 1],
    ['all * 2', [2, 4, 8, 16]],
    ['all + late', [6, 8, 4, undefined]],
    ['all / late', [0.2, 1 / 3, undefined, undefined]],
    ['FILL(late, 0)', [5, 6, 0, 0]],
    ['FILL(late, REPEAT)', [5, 6, 0, 0]],
    ['FILL(nothing, 7)', [7, 7, 7, 7]],
    ['FILL(nothing, REPEAT)', [undefined, undefined, undefined, undefined]],
    ['IF(late > 5, all, 0 - all)', [-1, 2, -4, undefined]],
    ['IF(all > 2, all / late, 3)', [3, 3, undefined, undefined]],
    ['DIFF(all)', [undefined, 1, 2, 4]],
    ['FLOOR(all / 3) + CEIL(all / 3)', [1, 1, 3, 5]],
  ])('computes %s', (text, expected) => {
    expect(values(text)).toEqual(expected);
  });

  test.each(['1 +', '(1', 'all all', 'RATE(all)', 'all % 2', ''])('refuses %j', (text) => {
    expect(() => values(text)).toThrow('metric math');
  });
});

describe('an alarm', () => {
  /** One value a minute; undefined: none. */
  function states(values: readonly (number | undefined)[], more: Partial<AlarmDefinition> = {}) {
    const metrics = createMetrics();
    values.forEach((value, minute) => {
      if (value !== undefined) metrics.series(METRIC)(minute * MINUTE, value);
    });
    const alarm = createAlarm(definition(more), metrics);
    return values.map((_, minute) => {
      alarm.evaluate((minute + 2) * MINUTE);
      return alarm.state;
    });
  }

  test('is on while its newest points are over the threshold', () => {
    expect(states([1, 9, 5, 6])).toEqual(['OK', 'ALARM', 'OK', 'ALARM']);
    expect(states([9, 9, 9, 1], { EvaluationPeriods: 3 })).toEqual(['OK', 'OK', 'ALARM', 'OK']);
    expect(states([9, 1, 9, 1, 1], { EvaluationPeriods: 3, DatapointsToAlarm: 2 }).at(2)).toBe('ALARM');
  });

  test('ignores missing points if there are enough others, and treats them as configured if not', () => {
    expect(states([9, undefined, 9], { EvaluationPeriods: 2 }).at(-1)).toBe('ALARM');
    const silent = [9, 1, undefined, undefined, undefined, undefined];
    expect(states(silent, { TreatMissingData: 'breaching' }).at(-1)).toBe('ALARM');
    expect(states(silent, { TreatMissingData: 'notBreaching' }).at(-1)).toBe('OK');
    expect(states(silent, { TreatMissingData: 'missing' }).at(-1)).toBe('INSUFFICIENT_DATA');
    expect(states([1, 9, undefined, undefined, undefined, undefined], { TreatMissingData: 'ignore' }).at(-1)).toBe(
      'ALARM',
    );
  });

  test('that is composite is on as its rule says about the states of others', () => {
    const metrics = createMetrics();
    metrics.series(METRIC)(0, 9);
    const [on, off] = ['on', 'off'].map((name) =>
      createAlarm(definition({ name, Threshold: name === 'on' ? 5 : 50 }), metrics),
    );
    if (on === undefined || off === undefined) throw new Error('two alarms');
    for (const alarm of [on, off]) alarm.evaluate(2 * MINUTE);
    const rule = (text: string) => isCompositeAlarmOn(text, [on, off]);
    expect(
      ['ALARM("on")', 'ALARM("off") OR ALARM("on")', 'ALARM("on") AND NOT ALARM("off")', 'OK("off")'].map(rule),
    ).toEqual([true, true, true, true]);
    expect(['ALARM("off")', 'ALARM("on") AND ALARM("off")', 'OK("on")', 'FALSE'].map(rule)).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect(() => rule('ALARM("gone")')).toThrow('gone');
  });
});

describe('step scaling', () => {
  const limits: Operations = { alarms: [], composites: [], policies: [], minimum: 1, maximum: 10 };
  const policy = (AdjustmentType: 'ExactCapacity' | 'ChangeInCapacity', Cooldown: number) => ({
    id: AdjustmentType,
    PolicyType: 'StepScaling' as const,
    StepScalingPolicyConfiguration: {
      AdjustmentType,
      Cooldown,
      StepAdjustments: [
        { MetricIntervalUpperBound: 0, ScalingAdjustment: 0 },
        { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 10, ScalingAdjustment: 2 },
        { MetricIntervalLowerBound: 10, ScalingAdjustment: 20 },
      ],
    },
  });

  test('sets the capacity of the step, within minimum and maximum', () => {
    const scaling = createScaling(limits, 1);
    const exact = policy('ExactCapacity', 0);
    const desired = (breach: number) => {
      scaling.applyPolicy(exact, breach, 0);
      return scaling.desired;
    };
    expect([9.9, 10, 0, -1].map(desired)).toEqual([2, 10, 1, 1]);
  });

  test('does not add again during its cooldown, except by a larger step', () => {
    const scaling = createScaling(limits, 1);
    const change = policy('ChangeInCapacity', 120);
    const after = (seconds: number, breach: number) => {
      scaling.applyPolicy(change, breach, seconds * 1000);
      return scaling.desired;
    };
    expect([after(0, 1), after(60, 1), after(121, 1), after(150, 50)]).toEqual([3, 3, 5, 10]);
  });

  test('does not scale in again during its cooldown', () => {
    const scaling = createScaling({ ...limits, minimum: 0 }, 8);
    const exact = policy('ExactCapacity', 300);
    scaling.applyPolicy(exact, 5, 0);
    scaling.applyPolicy(exact, -1, 60_000);
    expect(scaling.desired).toBe(2);
    scaling.applyPolicy(exact, -1, 301_000);
    expect(scaling.desired).toBe(0);
  });
});

describe('a template', () => {
  const alarm = { ComparisonOperator: 'GreaterThanThreshold', Threshold: 1, EvaluationPeriods: 1 };
  const read = (Properties: object, more: object = {}) =>
    readOperations({
      Parameters: { Least: { Default: 2 } },
      Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } },
      Resources: {
        Target: {
          Type: 'AWS::ApplicationAutoScaling::ScalableTarget',
          Properties: { MinCapacity: { Ref: 'Least' }, MaxCapacity: 4 },
        },
        Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'q.fifo' } },
        Some: { Type: 'AWS::CloudWatch::Alarm', Properties: { ...alarm, ...Properties }, ...more },
      },
    });
  const single = (value: unknown) => ({
    Namespace: 'AWS/SQS',
    MetricName: 'Waiting',
    Statistic: 'Sum',
    Dimensions: [{ Name: 'QueueName', Value: value }],
  });
  const dimensionOf = (value: unknown) =>
    read(single(value)).alarms[0]?.queries[0]?.MetricStat?.Metric.Dimensions[0]?.Value;

  test('is read with its functions resolved: a queue’s Ref is its URL, which identifies no metric', () => {
    expect(dimensionOf({ 'Fn::GetAtt': ['Queue', 'QueueName'] })).toBe('q.fifo');
    expect(dimensionOf({ Ref: 'Queue' })).toMatch(/^https:.*q\.fifo$/);
    expect(dimensionOf({ 'Fn::Sub': `x-\${Least}-\${AWS::Region}` })).toBe('x-2-us-east-1');
    expect(dimensionOf({ 'Fn::Join': ['-', ['a', { Ref: 'Least' }]] })).toBe('a-2');
    expect(read(single('q')).minimum).toBe(2);
  });

  test('has no alarm whose condition is false; a shape that the model does not support is refused', () => {
    expect(read(single('q'), { Condition: 'Never' }).alarms).toEqual([]);
    expect(() => read({})).toThrow('metric math');
    expect(() => read({ ...single('q'), ComparisonOperator: 'LessThan' })).toThrow('ComparisonOperator');
    const two = [1, 2].map((id) => ({ Id: `m${id}`, Expression: '1' }));
    expect(() => read({ Metrics: two })).toThrow('one metric must return data');
  });
});
