// Reads alarms and scaling policies from a CloudFormation template, so that the model repeats nothing of them.
import { z } from 'zod';
import { Resolver, type Resource, templateSchema } from './values.ts';

const number = z.coerce.number();
const dimensionSchema = z.object({ Name: z.string(), Value: z.string() });
const metricSchema = z.object({
  Namespace: z.string(),
  MetricName: z.string(),
  Dimensions: z.array(dimensionSchema).default([]),
});
const querySchema = z.object({
  Id: z.string(),
  Expression: z.string().optional(),
  MetricStat: z.object({ Metric: metricSchema, Stat: z.string(), Period: number }).optional(),
  ReturnData: z.boolean().default(true),
});
export type Query = z.infer<typeof querySchema>;

const COMPARISON_OPERATORS = [
  'GreaterThanThreshold',
  'GreaterThanOrEqualToThreshold',
  'LessThanThreshold',
  'LessThanOrEqualToThreshold',
] as const;

const alarmSchema = z.object({
  AlarmDescription: z.string().default(''),
  Metrics: z.array(querySchema).optional(),
  ...metricSchema.partial().shape,
  Statistic: z.string().optional(),
  Period: number.default(60),
  ComparisonOperator: z.enum(COMPARISON_OPERATORS),
  Threshold: number,
  EvaluationPeriods: number,
  DatapointsToAlarm: number.optional(),
  TreatMissingData: z.enum(['breaching', 'notBreaching', 'ignore', 'missing']).default('missing'),
  AlarmActions: z.array(z.string()).default([]),
  ActionsEnabled: z.boolean().default(true),
});

const stepSchema = z.object({
  MetricIntervalLowerBound: number.optional(),
  MetricIntervalUpperBound: number.optional(),
  ScalingAdjustment: number,
});
const policySchema = z.object({
  PolicyType: z.literal('StepScaling'),
  StepScalingPolicyConfiguration: z.object({
    AdjustmentType: z.enum(['ExactCapacity', 'ChangeInCapacity']),
    Cooldown: number.default(0),
    StepAdjustments: z.array(stepSchema),
  }),
});
const targetSchema = z.object({ MinCapacity: number, MaxCapacity: number });
const compositeSchema = z.object({ AlarmRule: z.string() });
const scheduleSchema = z.object({ ScheduleExpression: z.string(), State: z.string().default('ENABLED') });

export interface AlarmDefinition extends Omit<z.infer<typeof alarmSchema>, 'Metrics'> {
  /** The logical id in the template. */
  readonly id: string;
  /** Its name in composite alarms. */
  readonly name: string;
  readonly queries: readonly Query[];
}

export interface PolicyDefinition extends z.infer<typeof policySchema> {
  readonly id: string;
}

export interface Operations {
  readonly alarms: readonly AlarmDefinition[];
  readonly composites: readonly { readonly id: string; readonly rule: string }[];
  readonly policies: readonly PolicyDefinition[];
  readonly minimum: number;
  readonly maximum: number;
  /** The interval of the watcher of stalled jobs; undefined without a watcher. */
  readonly checkMs?: number | undefined;
}

/**
 * Reads a template of CloudFormation.
 *
 * @param parameters values that replace the template's defaults
 * @throws when an alarm or a policy has a shape that the model does not support
 */
export function readOperations(
  template: unknown,
  parameters: Readonly<Record<string, string | number>> = {},
): Operations {
  const parsed = templateSchema.parse(template);
  const resolver = new Resolver(parsed, parameters);
  const ofType = <T>(type: string, read: (id: string, properties: unknown) => T): T[] =>
    Object.entries(parsed.Resources)
      .filter(([, resource]: [string, Resource]) => resource.Type === type && resolver.isCreated(resource))
      .map(([id, { Properties }]) => read(id, resolver.resolve(Properties)));
  const [target, ...others] = ofType('AWS::ApplicationAutoScaling::ScalableTarget', (_, properties) =>
    targetSchema.parse(properties),
  );
  if (target === undefined || others.length > 0) throw new Error('the template must have one scalable target');
  return {
    alarms: ofType('AWS::CloudWatch::Alarm', (id, properties) => alarmOf(id, resolver.nameOf(id), properties)),
    composites: ofType('AWS::CloudWatch::CompositeAlarm', (id, properties) => ({
      id,
      rule: compositeSchema.parse(properties).AlarmRule,
    })),
    policies: ofType('AWS::ApplicationAutoScaling::ScalingPolicy', (id, properties) => ({
      id,
      ...policySchema.parse(properties),
    })),
    minimum: target.MinCapacity,
    maximum: target.MaxCapacity,
    checkMs: ofType('AWS::Scheduler::Schedule', (_, properties) => checkMsOf(scheduleSchema.parse(properties)))[0],
  };
}

function checkMsOf({ ScheduleExpression, State }: z.infer<typeof scheduleSchema>): number | undefined {
  const [, minutes] = /^rate\((\d+) minutes\)$/.exec(ScheduleExpression) ?? [];
  if (minutes === undefined) throw new Error(`the model has no schedule "${ScheduleExpression}"`);
  return State === 'ENABLED' ? Number(minutes) * 60_000 : undefined;
}

function alarmOf(id: string, name: string, properties: unknown): AlarmDefinition {
  const { Metrics, ...alarm } = alarmSchema.parse(properties);
  const { Namespace, MetricName, Dimensions = [], Statistic, Period } = alarm;
  if (Metrics !== undefined) {
    if (Metrics.filter(({ ReturnData }) => ReturnData).length !== 1)
      throw new Error(`${id}: one metric must return data`);
    return { ...alarm, id, name, queries: Metrics };
  }
  if (Namespace === undefined || MetricName === undefined || Statistic === undefined) {
    throw new Error(`${id}: an alarm has a metric with a statistic, or metric math`);
  }
  const Metric = { Namespace, MetricName, Dimensions };
  return {
    ...alarm,
    id,
    name,
    queries: [{ Id: 'm1', MetricStat: { Metric, Stat: Statistic, Period }, ReturnData: true }],
  };
}
