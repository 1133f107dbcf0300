// Application Auto Scaling's step scaling of a service.
// https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html
import type { Operations, PolicyDefinition } from './template.ts';

export interface Change {
  readonly on: number;
  readonly policy: string;
  readonly from: number;
  readonly to: number;
}

export interface Scaling {
  /** The desired number of tasks. */
  readonly desired: number;
  readonly changes: readonly Change[];
  /** Called by an alarm once a minute while it is on. */
  act(policy: PolicyDefinition, breach: number, now: number): void;
}

/** @param operations minimum and maximum of the scalable target */
export function createScaling({ minimum, maximum }: Operations, initial: number): Scaling {
  const clamped = (capacity: number) => Math.max(minimum, Math.min(maximum, capacity));
  const changes: Change[] = [];
  let desired = clamped(initial);
  /** For each policy, the end of its cooldown, and the desired number before its last activity. */
  const cooling = new Map<string, { readonly until: number; readonly before: number; readonly isOut: boolean }>();

  return {
    get desired() {
      return desired;
    },
    changes,
    act({ id, StepScalingPolicyConfiguration: { AdjustmentType, Cooldown, StepAdjustments } }, breach, now) {
      const step = StepAdjustments.find((one) => isWithin(one, breach));
      if (step === undefined) return;
      const last = cooling.get(id);
      const isCooling = last !== undefined && now < last.until;
      // The tasks that the activity in cooldown has added count as a part of this one.
      const base = isCooling && last.isOut ? last.before : desired;
      const wanted = clamped(
        AdjustmentType === 'ExactCapacity' ? step.ScalingAdjustment : base + step.ScalingAdjustment,
      );
      const isOut = wanted > desired;
      if (wanted === desired || (AdjustmentType === 'ChangeInCapacity' && isCooling && last.isOut && !isOut)) return;
      if (!isOut && isCooling && !last.isOut) return;
      changes.push({ on: now, policy: id, from: desired, to: wanted });
      cooling.set(id, { until: now + Cooldown * 1000, before: base, isOut });
      desired = wanted;
    },
  };
}

type Step = PolicyDefinition['StepScalingPolicyConfiguration']['StepAdjustments'][number];

/** The lower bound is inclusive for a step above the threshold, the upper one for a step below it. */
function isWithin(
  { MetricIntervalLowerBound: lower = -Infinity, MetricIntervalUpperBound: upper = Infinity }: Step,
  breach: number,
) {
  const isBelow = upper <= 0;
  return isBelow ? breach > lower && breach <= upper : breach >= lower && breach < upper;
}
