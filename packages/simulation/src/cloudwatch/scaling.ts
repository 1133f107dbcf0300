// Models the step scaling of a service by Application Auto Scaling.
// https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html
import type { Operations, PolicyDefinition } from './template.ts';

export interface CapacityChange {
  readonly on: number;
  readonly policy: string;
  readonly from: number;
  readonly to: number;
}

export interface Scaling {
  /** The desired number of tasks. */
  readonly desired: number;
  readonly changes: readonly CapacityChange[];
  /** Called by an alarm once a minute while it is on. `breach`: the alarm's value minus its threshold. */
  applyPolicy(policy: PolicyDefinition, breach: number, now: number): void;
}

/** @param operations minimum and maximum of the scalable target */
export function createScaling({ minimum, maximum }: Operations, initial: number): Scaling {
  const clamp = (capacity: number) => Math.max(minimum, Math.min(maximum, capacity));
  const changes: CapacityChange[] = [];
  let desired = clamp(initial);
  /** For each policy, the end of its cooldown, and the number of tasks from which its last activity was computed. */
  const cooldowns = new Map<string, { readonly until: number; readonly base: number; readonly isScaleOut: boolean }>();

  return {
    get desired() {
      return desired;
    },
    changes,
    applyPolicy({ id, StepScalingPolicyConfiguration: { AdjustmentType, Cooldown, StepAdjustments } }, breach, now) {
      const step = StepAdjustments.find((candidate) => isWithin(candidate, breach));
      if (step === undefined) return;
      const last = cooldowns.get(id);
      const isCooling = last !== undefined && now < last.until;
      // During the cooldown, tasks that the last scale-out has added count as part of this one.
      const base = isCooling && last.isScaleOut ? last.base : desired;
      const newDesired = clamp(
        AdjustmentType === 'ExactCapacity' ? step.ScalingAdjustment : base + step.ScalingAdjustment,
      );
      const isScaleOut = newDesired > desired;
      if (
        newDesired === desired ||
        (AdjustmentType === 'ChangeInCapacity' && isCooling && last.isScaleOut && !isScaleOut)
      )
        return;
      if (!isScaleOut && isCooling && !last.isScaleOut) return;
      changes.push({ on: now, policy: id, from: desired, to: newDesired });
      cooldowns.set(id, { until: now + Cooldown * 1000, base, isScaleOut });
      desired = newDesired;
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
