// Runs alarms, scaling, queue and consumers together, minute by minute.
import { type Alarm, createAlarm, isCompositeAlarmOn } from './alarm.ts';
import { createMetrics } from './metrics.ts';
import { type CapacityChange, createScaling } from './scaling.ts';
import type { Operations } from './template.ts';
import { createWorld, STEP_MS, type WorldOptions } from './world.ts';

export interface FleetOptions extends Omit<WorldOptions, 'metrics' | 'initialTasks' | 'checkMs'> {
  readonly operations: Operations;
  /** The duration of the run. */
  readonly forMs: number;
  /** The delay after its minute until a point can be read, by namespace. */
  readonly lateMs?: Readonly<Record<string, number>>;
}

export interface FleetRun {
  /** When each alarm or composite alarm went on, by its id, without alarms that scale. */
  readonly alarms: ReadonlyMap<string, readonly number[]>;
  readonly changes: readonly CapacityChange[];
  /** When all jobs were stored and deleted; undefined if they never were. */
  readonly drainedOn: number | undefined;
  /** The desired number of tasks at the end, and its maximum. */
  readonly desired: number;
  readonly maxDesired: number;
  /** The seconds of all requested tasks together, also while they start. */
  readonly taskSeconds: number;
}

const MINUTE_MS = 60_000;

/** Runs for `forMs`. The queue is dormant at the beginning unless tasks poll it. */
export function runFleet({ operations, forMs, lateMs, ...options }: FleetOptions): FleetRun {
  const metrics = createMetrics(lateMs);
  const scaling = createScaling(operations, operations.minimum);
  const world = createWorld({ ...options, metrics, initialTasks: scaling.desired, checkMs: operations.checkMs });
  const alarms = operations.alarms.map((definition) => createAlarm(definition, metrics));
  const watch = createWatch(operations, alarms);
  let drainedOn: number | undefined;
  let maxDesired = scaling.desired;
  let taskSeconds = 0;
  for (let now = 0; now <= forMs; now += STEP_MS) {
    world.step(now, scaling.desired);
    taskSeconds += (world.taskCount * STEP_MS) / 1000;
    if (world.isDrained) drainedOn ??= now;
    if (now % MINUTE_MS !== 0) continue;
    for (const alarm of alarms) alarm.evaluate(now);
    for (const alarm of alarms) scale(operations, scaling, alarm, now);
    watch.check(now);
    maxDesired = Math.max(maxDesired, scaling.desired);
  }
  return {
    alarms: watch.turnedOn,
    changes: scaling.changes,
    drainedOn,
    desired: scaling.desired,
    maxDesired,
    taskSeconds,
  };
}

function scale({ policies }: Operations, scaling: ReturnType<typeof createScaling>, alarm: Alarm, now: number): void {
  const { ActionsEnabled, AlarmActions, Threshold } = alarm.definition;
  if (alarm.state !== 'ALARM' || !ActionsEnabled) return;
  for (const action of AlarmActions) {
    const policy = policies.find(({ id }) => id === action);
    if (policy !== undefined) scaling.applyPolicy(policy, (alarm.value ?? Threshold) - Threshold, now);
  }
}

/** When each alarm went on. */
function createWatch({ composites, policies }: Operations, alarms: readonly Alarm[]) {
  const turnedOn = new Map<string, number[]>();
  const isOn = new Set<string>();
  const recordState = (id: string, isNow: boolean, now: number) => {
    if (isNow && !isOn.has(id)) turnedOn.set(id, [...(turnedOn.get(id) ?? []), now]);
    if (isNow) isOn.add(id);
    else isOn.delete(id);
  };
  const isScalingAlarm = (alarm: Alarm) =>
    alarm.definition.AlarmActions.some((action) => policies.some(({ id }) => id === action));
  let lastStates = '';
  return {
    turnedOn: turnedOn as ReadonlyMap<string, readonly number[]>,
    check(now: number): void {
      const states = alarms.map(({ state }) => state).join();
      if (states === lastStates) return;
      lastStates = states;
      for (const alarm of alarms)
        if (!isScalingAlarm(alarm)) recordState(alarm.definition.id, alarm.state === 'ALARM', now);
      for (const { id, rule } of composites) recordState(id, isCompositeAlarmOn(rule, alarms), now);
    },
  };
}
