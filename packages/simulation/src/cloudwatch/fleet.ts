// Runs alarms, scaling, queue and consumers together, minute by minute.
import { type Alarm, createAlarm, holds } from './alarm.ts';
import { createMetrics } from './metrics.ts';
import { type Change, createScaling } from './scaling.ts';
import type { Operations } from './template.ts';
import { createWorld, STEP_MS, type WorldOptions } from './world.ts';

export interface FleetOptions extends Omit<WorldOptions, 'metrics' | 'running' | 'lookMs'> {
  readonly operations: Operations;
  /** The duration of the run. */
  readonly forMs: number;
  /** The delay after its minute until a point can be read, by namespace. */
  readonly lateMs?: Readonly<Record<string, number>>;
}

export interface FleetRun {
  /** When each alarm or composite alarm went on, by its id, without alarms that scale. */
  readonly alarms: ReadonlyMap<string, readonly number[]>;
  readonly changes: readonly Change[];
  /** When the last job was stored; undefined if it never was. */
  readonly drainedOn: number | undefined;
  readonly desired: number;
  readonly most: number;
  /** Task seconds. */
  readonly taskSeconds: number;
}

const MINUTE_MS = 60_000;

/** Runs for `forMs`. The queue is dormant at the beginning unless tasks poll it. */
export function runFleet({ operations, forMs, lateMs, ...options }: FleetOptions): FleetRun {
  const metrics = createMetrics(lateMs);
  const scaling = createScaling(operations, operations.minimum);
  const world = createWorld({ ...options, metrics, running: scaling.desired, checkMs: operations.checkMs });
  const alarms = operations.alarms.map((definition) => createAlarm(definition, metrics));
  const watch = createWatch(operations, alarms);
  let drainedOn: number | undefined;
  let most = scaling.desired;
  let taskSeconds = 0;
  for (let now = 0; now <= forMs; now += STEP_MS) {
    world.step(now, scaling.desired);
    taskSeconds += (world.running * STEP_MS) / 1000;
    if (world.isDrained) drainedOn ??= now;
    if (now % MINUTE_MS !== 0) continue;
    for (const alarm of alarms) alarm.evaluate(now);
    for (const alarm of alarms) scale(operations, scaling, alarm, now);
    watch.look(now);
    most = Math.max(most, scaling.desired);
  }
  return { alarms: watch.on, changes: scaling.changes, drainedOn, desired: scaling.desired, most, taskSeconds };
}

function scale({ policies }: Operations, scaling: ReturnType<typeof createScaling>, alarm: Alarm, now: number): void {
  const { ActionsEnabled, AlarmActions, Threshold } = alarm.definition;
  if (alarm.state !== 'ALARM' || !ActionsEnabled) return;
  for (const action of AlarmActions) {
    const policy = policies.find(({ id }) => id === action);
    if (policy !== undefined) scaling.act(policy, (alarm.value ?? Threshold) - Threshold, now);
  }
}

/** When each alarm went on. */
function createWatch({ composites, policies }: Operations, alarms: readonly Alarm[]) {
  const on = new Map<string, number[]>();
  const isOn = new Set<string>();
  const note = (id: string, isNow: boolean, now: number) => {
    if (isNow && !isOn.has(id)) on.set(id, [...(on.get(id) ?? []), now]);
    if (isNow) isOn.add(id);
    else isOn.delete(id);
  };
  const scales = (alarm: Alarm) =>
    alarm.definition.AlarmActions.some((action) => policies.some(({ id }) => id === action));
  let before = '';
  return {
    on: on as ReadonlyMap<string, readonly number[]>,
    look(now: number): void {
      const states = alarms.map(({ state }) => state).join();
      if (states === before) return;
      before = states;
      for (const alarm of alarms) if (!scales(alarm)) note(alarm.definition.id, alarm.state === 'ALARM', now);
      for (const { id, rule } of composites) note(id, holds(rule, alarms), now);
    },
  };
}
