// Rules of the scaling: the steps have no gaps, and alarms trigger the policies. Whether the scaling works is tested
// by the model of CloudWatch (packages/simulation/test/cloudwatch).
import { z } from 'zod';
import { alarmsOf } from './alarms.ts';
import { ofType, type Rule, unless } from './rule.ts';

const targetSchema = z.looseObject({
  ServiceNamespace: z.literal('ecs'),
  ScalableDimension: z.literal('ecs:service:DesiredCount'),
  ResourceId: z.string(),
  MinCapacity: z.coerce.number(),
  MaxCapacity: z.coerce.number(),
});
const stepSchema = z.object({
  MetricIntervalLowerBound: z.number().optional(),
  MetricIntervalUpperBound: z.number().optional(),
  ScalingAdjustment: z.int(),
});
const policySchema = z.looseObject({
  PolicyType: z.literal('StepScaling'),
  ScalingTargetId: z.string(),
  StepScalingPolicyConfiguration: z.looseObject({
    AdjustmentType: z.literal('ExactCapacity'),
    StepAdjustments: z.array(stepSchema).min(1),
  }),
});

const targets: Rule = {
  name: 'the scaling target is the service of the stack, between its minimum and its maximum',
  check({ services }) {
    const scalableTargets = ofType(services, 'AWS::ApplicationAutoScaling::ScalableTarget', targetSchema);
    const serviceIds = ofType(services, 'AWS::ECS::Service', z.looseObject({ Cluster: z.string() })).map(
      ({ id, properties }) => `service/${properties.Cluster}/${id}.Name`,
    );
    return [
      ...serviceIds
        .filter((resource) => !scalableTargets.some(({ properties }) => properties.ResourceId === resource))
        .map((resource) => `${resource} does not scale`),
      ...scalableTargets.flatMap(({ id, properties: { ResourceId, MinCapacity, MaxCapacity } }) => [
        ...unless(serviceIds.includes(ResourceId), `${id}: ${ResourceId} is not a service of the stack`),
        ...unless(MinCapacity >= 0 && MinCapacity <= MaxCapacity, `${id}: from ${MinCapacity} to ${MaxCapacity}`),
      ]),
    ];
  },
};

const steps: Rule = {
  name: 'the steps of a policy leave no gap and do not overlap',
  check: ({ services }) =>
    ofType(services, 'AWS::ApplicationAutoScaling::ScalingPolicy', policySchema).flatMap(({ id, properties }) => {
      const low = ({ MetricIntervalLowerBound: bound }: z.infer<typeof stepSchema>) =>
        bound ?? Number.NEGATIVE_INFINITY;
      const sorted = properties.StepScalingPolicyConfiguration.StepAdjustments.toSorted((a, b) => low(a) - low(b));
      const gaps = sorted
        .slice(1)
        .filter((step, index) => step.MetricIntervalLowerBound !== sorted[index]?.MetricIntervalUpperBound);
      const [first, last] = [sorted[0], sorted.at(-1)];
      // Bounds are relative to the threshold of the alarm.
      const isUp = first?.MetricIntervalLowerBound === 0 && last?.MetricIntervalUpperBound === undefined;
      const isDown = first?.MetricIntervalLowerBound === undefined && last?.MetricIntervalUpperBound === 0;
      const isRising = sorted.every(
        (step, index) => step.ScalingAdjustment >= (sorted[index - 1]?.ScalingAdjustment ?? 0),
      );
      return [
        ...unless(gaps.length === 0, `${id}: its steps have a gap or overlap`),
        ...unless(isUp || isDown, `${id}: its steps do not cover one side of the threshold`),
        ...unless(isRising, `${id}: more work gets fewer consumers`),
      ];
    }),
};

const triggers: Rule = {
  name: 'an alarm triggers each scaling policy',
  check({ services }) {
    const triggered = alarmsOf(services).flatMap(({ properties }) => [
      ...properties.AlarmActions,
      ...properties.OKActions,
    ]);
    const policies = ofType(services, 'AWS::ApplicationAutoScaling::ScalingPolicy', policySchema);
    const targetIds = services.resources
      .filter(({ type }) => type === 'AWS::ApplicationAutoScaling::ScalableTarget')
      .map(({ id }) => services.refOf(id));
    return policies.flatMap(({ id, properties }) => [
      ...unless(triggered.includes(services.refOf(id)), `${id} has no alarm that triggers it`),
      ...unless(targetIds.includes(properties.ScalingTargetId), `${id} scales nothing`),
    ]);
  },
};

export const SCALING_RULES: readonly Rule[] = [targets, steps, triggers];
