// Rules of alarms, the composite alarm and metric filters: an alarm uses a metric that is published, and says what to
// type.
import { z } from 'zod';
import type { Deployment } from '../../support/template.ts';
import { filtersOf, type NamedMetric, problemOfMetric } from './metrics.ts';
import { ofType, type Parsed, type Rule, unless } from './rule.ts';

const dimensionsSchema = z
  .array(z.object({ Name: z.string(), Value: z.string() }))
  .default([])
  .transform((all) => Object.fromEntries(all.map(({ Name, Value }) => [Name, Value])));
const querySchema = z.looseObject({
  Id: z.string(),
  Expression: z.string().optional(),
  ReturnData: z.boolean().default(true),
  MetricStat: z
    .object({
      Metric: z.object({ Namespace: z.string(), MetricName: z.string(), Dimensions: dimensionsSchema }),
      Period: z.number(),
      Stat: z.string(),
    })
    .optional(),
});
const alarmSchema = z.looseObject({
  AlarmDescription: z.string().default(''),
  Metrics: z.array(querySchema).default([]),
  MetricName: z.string().optional(),
  Namespace: z.string().optional(),
  Dimensions: dimensionsSchema,
  Statistic: z.string().optional(),
  Period: z.number().optional(),
  Threshold: z.number(),
  ComparisonOperator: z.string(),
  EvaluationPeriods: z.int().min(1),
  DatapointsToAlarm: z.int().min(1).optional(),
  TreatMissingData: z.enum(['breaching', 'notBreaching', 'ignore', 'missing']).optional(),
  AlarmActions: z.array(z.string()).default([]),
  OKActions: z.array(z.string()).default([]),
});
type Alarm = z.infer<typeof alarmSchema>;

export const alarmsOf = (services: Deployment): Parsed<Alarm>[] =>
  ofType(services, 'AWS::CloudWatch::Alarm', alarmSchema);

const eachAlarm = (name: string, check: (alarm: Alarm, services: Deployment) => string[]): Rule => ({
  name,
  check: ({ services }) =>
    alarmsOf(services).flatMap(({ id, properties }) =>
      check(properties, services).map((problem) => `${id}: ${problem}`),
    ),
});

function metricsOf(alarm: Alarm): NamedMetric[] {
  const single =
    alarm.MetricName === undefined
      ? []
      : [
          {
            namespace: alarm.Namespace ?? '',
            name: alarm.MetricName,
            dimensions: alarm.Dimensions,
            stat: alarm.Statistic ?? '',
          },
        ];
  const queried = alarm.Metrics.flatMap(({ MetricStat: one }) =>
    one === undefined
      ? []
      : [
          {
            namespace: one.Metric.Namespace,
            name: one.Metric.MetricName,
            dimensions: one.Metric.Dimensions,
            stat: one.Stat,
          },
        ],
  );
  return [...single, ...queried];
}

const publishedMetrics = eachAlarm('alarms use metrics that are published', (alarm, services) => {
  const metrics = metricsOf(alarm);
  return [
    ...unless(metrics.length > 0, 'it uses no metric'),
    ...metrics.flatMap((metric) => problemOfMetric(services, metric) ?? []),
  ];
});

const FUNCTIONS = new Set([
  'FILL',
  'IF',
  'MAX',
  'MIN',
  'SUM',
  'AVG',
  'ABS',
  'CEIL',
  'FLOOR',
  'RATE',
  'DIFF',
  'PERIOD',
  'RUNNING_SUM',
  'TIME_SERIES',
  'DIFF_TIME',
  'METRICS',
  'REPEAT',
  'LINEAR',
  'AND',
  'OR',
  'NOT',
]);

const expressions = eachAlarm('the expression of an alarm is valid in CloudWatch', ({ Metrics, MetricName }) => {
  if (Metrics.length === 0) return [];
  const ids = Metrics.map(({ Id }) => Id);
  const returned = Metrics.filter(({ ReturnData }) => ReturnData);
  const used = Metrics.flatMap(({ Expression = '' }) => Expression.match(/\b[A-Za-z_]\w*/g) ?? []);
  const unknown = used.filter((word) => !FUNCTIONS.has(word) && !ids.includes(word));
  const unused = Metrics.filter(({ Id, ReturnData }) => !ReturnData && !used.includes(Id));
  return [
    ...unless(MetricName === undefined, 'it has both a metric and an expression'),
    ...unless(returned.length === 1, `${returned.length} of its metrics have ReturnData; one must`),
    ...unless(new Set(ids).size === ids.length, 'two of its metrics have one id'),
    ...ids.filter((id) => !/^[a-z]\w*$/.test(id)).map((id) => `${id} is not an id: it begins with a small letter`),
    ...unknown.map((word) => `its expression has ${word}, which is not among its metrics`),
    ...unused.map(({ Id }) => `its metric ${Id} is used nowhere`),
    ...Metrics.filter((one) => (one.Expression === undefined) === (one.MetricStat === undefined)).map(
      ({ Id }) => `${Id} is neither a metric nor an expression`,
    ),
    ...Metrics.filter(({ Expression = '' }) => !isBalanced(Expression)).map(
      ({ Id }) => `${Id}: its brackets do not match`,
    ),
  ];
});

function isBalanced(expression: string): boolean {
  let depth = 0;
  for (const character of expression) {
    if (character === '(') depth++;
    if (character === ')') depth--;
    if (depth < 0) return false;
  }
  return depth === 0;
}

const OPERATORS = new Set([
  'GreaterThanOrEqualToThreshold',
  'GreaterThanThreshold',
  'LessThanThreshold',
  'LessThanOrEqualToThreshold',
]);
const MAX_EVALUATED_SECONDS = 86_400;

const periods = eachAlarm('alarms evaluate at most the time that CloudWatch allows', (alarm) => {
  const periodsSeconds = [alarm.Period ?? [], alarm.Metrics.map(({ MetricStat }) => MetricStat?.Period ?? [])].flat(2);
  const longest = Math.max(0, ...periodsSeconds);
  return [
    ...unless(
      periodsSeconds.every((period) => period % 60 === 0 && period > 0),
      `its period is not whole minutes: ${periodsSeconds.join(', ')}`,
    ),
    ...unless(new Set(periodsSeconds).size <= 1, `its metrics have different periods: ${periodsSeconds.join(', ')}`),
    ...unless(longest * alarm.EvaluationPeriods <= MAX_EVALUATED_SECONDS, 'it evaluates more than a day'),
    ...unless((alarm.DatapointsToAlarm ?? 1) <= alarm.EvaluationPeriods, 'DatapointsToAlarm is over EvaluationPeriods'),
    ...unless(OPERATORS.has(alarm.ComparisonOperator), `there is no operator ${alarm.ComparisonOperator}`),
    ...unless(alarm.TreatMissingData !== undefined, 'TreatMissingData is not set'),
  ];
});

/** False for an alarm that only triggers scaling. */
const isForPeople = (services: Deployment, { AlarmActions }: Alarm): boolean => {
  const policies = services.resources.filter(({ type }) => type === 'AWS::ApplicationAutoScaling::ScalingPolicy');
  return !policies.some(({ id }) => AlarmActions.includes(services.refOf(id)));
};

const descriptions = eachAlarm('an alarm for people says what to type', (alarm, services) =>
  unless(
    !isForPeople(services, alarm) || /\b(movie-load [a-z]|aws [a-z])/.test(alarm.AlarmDescription),
    'its description names no command',
  ),
);

export const compositeSchema = z.looseObject({
  AlarmRule: z.string(),
  AlarmActions: z.array(z.string()).default([]),
  AlarmDescription: z.string().default(''),
});

const composite: Rule = {
  name: 'the composite alarm has every alarm for people, and no other',
  check({ services }) {
    const compositeAlarms = ofType(services, 'AWS::CloudWatch::CompositeAlarm', compositeSchema);
    const named = compositeAlarms.flatMap(({ properties }) =>
      [...properties.AlarmRule.matchAll(/ALARM\("([^"]+)"\)/g)].map(([, id = '']) => id),
    );
    const alarmsForPeople = alarmsOf(services)
      .filter(({ properties }) => isForPeople(services, properties))
      .map(({ id }) => services.refOf(id));
    const composites = new Set(compositeAlarms.map(({ id }) => services.refOf(id)));
    return [
      ...unless(compositeAlarms.length > 0, 'there is no composite alarm'),
      ...alarmsForPeople.filter((id) => !named.includes(id)).map((id) => `${id} is not in it`),
      ...named
        .filter((id) => !alarmsForPeople.includes(id) && !composites.has(id))
        .map((id) => `${id} is not an alarm for people`),
    ];
  },
};

const actions: Rule = {
  name: 'the composite alarm notifies the topic, if one is given',
  check({ services }) {
    const topic = services.parameters.AlarmTopicArn ?? '';
    const compositeAlarms = ofType(services, 'AWS::CloudWatch::CompositeAlarm', compositeSchema);
    const notified = compositeAlarms.flatMap(({ properties }) => properties.AlarmActions);
    if (topic === '') return unless(notified.length === 0, `it notifies ${notified.join(', ')}`);
    return unless(notified.includes(topic), 'it does not notify the topic');
  },
};

/** Fields that metric filters may name: every line of a service has `level`, the watcher's line has `stalled`. */
const LINE_FIELDS = ['level', 'stalled'];

const filters: Rule = {
  name: 'metric filters read the log of the services, and name fields that its lines have',
  check({ services }) {
    const groups = services.resources.filter(({ type }) => type === 'AWS::Logs::LogGroup');
    return filtersOf(services).flatMap(({ id, properties }) => {
      const fields = [...properties.FilterPattern.matchAll(/\$\.(\w+)/g)].map(([, field = '']) => field);
      return [
        ...unless(
          groups.some((group) => services.refOf(group.id) === properties.LogGroupName),
          `${id}: not a log of this stack`,
        ),
        ...unless(
          fields.length > 0 && /^\{.*\}$/.test(properties.FilterPattern),
          `${id}: its pattern is not one of JSON`,
        ),
        ...fields.filter((field) => !LINE_FIELDS.includes(field)).map((field) => `${id}: no line has ${field}`),
      ];
    });
  },
};

export const ALARM_RULES: readonly Rule[] = [
  publishedMetrics,
  expressions,
  periods,
  descriptions,
  composite,
  actions,
  filters,
];
