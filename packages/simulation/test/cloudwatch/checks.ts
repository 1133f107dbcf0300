// What the template's scaling and alarms must do in the model. Each check returns what is wrong, in words.
import type { FleetOptions, FleetRun } from '../../src/cloudwatch/fleet.ts';
import { fleetJob } from '../../src/cloudwatch/fleet-job.ts';
import { BEGIN_MS, HOUR_MS, incident, MINUTE_MS, type Read, run } from './support.ts';

export type Check = (read: Read) => string[];

/** The composite alarm, which is on when any other is. */
const COMPOSITE = 'NeedsAttention';
/** A dormant queue has metrics again after a quarter of an hour; then the first task starts. */
const AWAKE_MINUTES = 21;
const MINIMA = [0, 1, 2, 4] as const;

const single = fleetJob('one a message', 1_000_000, BEGIN_MS);
const packed = fleetJob('packed', 1_000_000, BEGIN_MS);
const hugePacked = fleetJob('packed', 100_000_000, BEGIN_MS);
const largeSingle = fleetJob('one a message', 5_000_000, BEGIN_MS);
const WARM = { TableWriteUnits: 40_000, MaxConsumers: 40 };

const problemUnless = (isRight: boolean, problem: string): string[] => (isRight ? [] : [problem]);
const minutesUntilDrained = ({ drainedOn = Infinity }: FleetRun) => (drainedOn - BEGIN_MS) / MINUTE_MS;

/** Consumers are added first and then removed: none are added after a removal. */
function checkSteadiness({ changes }: FleetRun): string[] {
  const firstIn = changes.findIndex(({ from, to }) => to < from);
  const isSteady = firstIn === -1 || changes.slice(firstIn).every(({ from, to }) => to < from);
  const text = changes.map(({ on, from, to }) => `${from}→${to} after ${on / MINUTE_MS} min`).join(', ');
  return problemUnless(isSteady, `consumers are added after a removal: ${text}`);
}

/** Checks that exactly these alarms went on, and the composite alarm if there are any. */
function checkAlarms(result: FleetRun, ...expected: readonly string[]): string[] {
  const all = [...expected, ...(expected.length > 0 ? [COMPOSITE] : [])].sort();
  const on = [...result.alarms.keys()].sort();
  return problemUnless(
    on.join() === all.join(),
    `alarms: ${on.join(', ') || 'none'} instead of ${all.join(', ') || 'none'}`,
  );
}

function checkDrained(result: FleetRun, minimum: number, within: number): string[] {
  const most = within + (minimum === 0 ? AWAKE_MINUTES : 0);
  return [
    ...problemUnless(
      minutesUntilDrained(result) <= most,
      `drained after ${minutesUntilDrained(result)} min instead of ${most}`,
    ),
    ...problemUnless(result.desired === minimum, `${result.desired} consumers are left instead of ${minimum}`),
    ...checkSteadiness(result),
    ...checkAlarms(result),
  ];
}

const checkDrains =
  (job: typeof single, within: number, parameters = {}, tableUnitsPerSecond = 4000): Check =>
  (read) =>
    MINIMA.flatMap((minimum) => {
      const operations = read({ MinConsumers: minimum, ...parameters });
      return checkDrained(run({ operations, jobs: [job], tableUnitsPerSecond }), minimum, within);
    });

/** Checks that a run turns on one alarm within some minutes, and no other alarm. */
const checkTurnsOn =
  (alarm: string, within: number, options: Partial<FleetOptions>, parameters = {}): Check =>
  (read) => {
    const result = run({ operations: read(parameters), ...options });
    const [on = Infinity] = result.alarms.get(alarm) ?? [];
    const after = (on - BEGIN_MS) / MINUTE_MS;
    return [
      ...checkAlarms(result, alarm),
      ...problemUnless(after >= 0 && after <= within, `${alarm} went on after ${after} min`),
    ];
  };

const maxDesiredOf = (read: Read, parameters: object, options: Partial<FleetOptions>): number =>
  run({ operations: read({ ...parameters }), ...options }).maxDesired;

export const CHECKS = {
  '1 million single movies are drained from every minimum': checkDrains(single, 12),
  '1 million packed movies are drained from every minimum': checkDrains(packed, 2),
  '100 million packed movies are drained from every minimum': checkDrains(hugePacked, 60),
  '100 million packed movies are drained fast where the table is warm': (read) => [
    ...checkDrains(hugePacked, 20, WARM, 40_000)(read),
    ...problemUnless(
      maxDesiredOf(read, WARM, { jobs: [hugePacked], tableUnitsPerSecond: 40_000 }) >= 3,
      'too few consumers',
    ),
  ],

  'scaling depends on work: a packed message counts more than a single one'(read) {
    const sameMessages = fleetJob('one a message', hugePacked.messages, BEGIN_MS);
    const [one, other] = [hugePacked, sameMessages].map((job) =>
      maxDesiredOf(read, WARM, { jobs: [job], tableUnitsPerSecond: 40_000 }),
    );
    return problemUnless(
      (one ?? 0) > 2 * (other ?? 0),
      `${one} consumers for packed messages, ${other} for single ones`,
    );
  },
  'there are no more consumers than the table has write units for'(read) {
    const job = { ...fleetJob('one a message', 20_000_000, BEGIN_MS), sentPerSecond: 60_000 };
    const most = [4000, 8000].map((TableWriteUnits) =>
      maxDesiredOf(read, { TableWriteUnits, MaxConsumers: 60 }, { jobs: [job], tableUnitsPerSecond: TableWriteUnits }),
    );
    return problemUnless(most.join() === '8,16', `${most.join(' and ')} consumers instead of 8 and 16`);
  },
  'there are no more consumers than the message groups of a job keep busy': (read) =>
    (
      [
        ['one a message', 200_000],
        ['one a message', 2_000_000],
        ['packed', 1_000_000],
        ['packed', 20_000_000],
      ] as const
    ).flatMap(([mode, movies]) => {
      // All messages are in the queue when the first consumer starts.
      const job = { ...fleetJob(mode, movies, BEGIN_MS), sentPerSecond: movies };
      const units = 400_000;
      const warm = { MinConsumers: 0, TableWriteUnits: units, MaxConsumers: 75 };
      const most = maxDesiredOf(read, warm, { jobs: [job], tableUnitsPerSecond: units });
      const occupied = Math.ceil(job.messageGroups / job.receivesAtOnce);
      return problemUnless(most <= occupied, `${most} consumers instead of ${occupied}`);
    }),
  'consumers stay while a long job is sent, as few as keep up with it'(read) {
    const job = fleetJob('one a message', 50_000_000, BEGIN_MS);
    const done = run({ operations: read(), jobs: [job], forMs: 5 * HOUR_MS });
    const most = Math.ceil(job.sentPerSecond / job.storedPerSecond) + 1;
    return [
      ...checkDrained(done, 1, 5 * 60),
      ...problemUnless(done.maxDesired <= most, `${done.maxDesired} consumers instead of ${most}`),
    ];
  },
  'one consumer is left while little work comes'(read) {
    const little = { ...fleetJob('one a message', 100_000, BEGIN_MS), sentPerSecond: 10 };
    const done = run({ operations: read(), jobs: [largeSingle, little], forMs: 2.5 * HOUR_MS });
    return [
      ...problemUnless(
        done.maxDesired > 3 && done.desired === 1,
        `${done.maxDesired} consumers at most, ${done.desired} at the end`,
      ),
      ...checkSteadiness(done),
    ];
  },
  'consumers stay when the next job comes within minutes'(read) {
    const next = { ...largeSingle, startsOn: BEGIN_MS + 25 * MINUTE_MS };
    const done = run({ operations: read(), jobs: [largeSingle, next] });
    const [firstIn = 0] = done.changes.filter(({ from, to }) => to < from).map(({ on }) => on);
    return [
      ...checkSteadiness(done),
      ...problemUnless(firstIn > next.startsOn, 'consumers were removed before the next job came'),
    ];
  },
  'a deployment and an interruption of Spot change nothing'(read) {
    const usual = run({ operations: read(), jobs: [largeSingle] });
    return (['deployment', 'spot_interruption'] as const).flatMap((kind) => {
      const incidents = [{ kind, from: BEGIN_MS + 14 * MINUTE_MS, to: BEGIN_MS + 18 * MINUTE_MS }];
      const done = run({ operations: read(), jobs: [largeSingle], incidents });
      const [changes, usualChanges] = [done, usual].map((one) =>
        one.changes.map(({ from, to }) => `${from}→${to}`).join(),
      );
      return [
        ...problemUnless(changes === usualChanges, `${kind}: ${changes} instead of ${usualChanges}`),
        ...checkSteadiness(done),
      ];
    });
  },
  'metrics of the table and of tasks may be two minutes late'(read) {
    const lateMs = { 'AWS/DynamoDB': 2 * MINUTE_MS, 'AWS/ECS': 2 * MINUTE_MS };
    const job = fleetJob('one a message', 20_000_000, BEGIN_MS);
    return [0, 1].flatMap((minimum) =>
      checkDrained(run({ operations: read({ MinConsumers: minimum }), jobs: [job], lateMs }), minimum, 75),
    );
  },
  'a consumer stays while a message is in flight'(read) {
    const job = fleetJob('packed', 100_000, BEGIN_MS);
    const incidents = [{ ...incident('message_is_stuck', 1.5 * HOUR_MS), from: BEGIN_MS + 10 * MINUTE_MS }];
    const done = run({ operations: read({ MinConsumers: 0 }), jobs: [job], incidents, forMs: 1.9 * HOUR_MS });
    return problemUnless(done.desired === 1, `${done.desired} consumers`);
  },
  'a minimum of 0 runs no task without work, and delays a job by minutes'(read) {
    const again = { ...packed, startsOn: BEGIN_MS + 2 * HOUR_MS };
    const operations = read({ MinConsumers: 0 });
    const { changes } = run({ operations, jobs: [packed, again], forMs: 4 * HOUR_MS });
    const outs = changes.filter(({ from, to }) => to > from).map(({ on }) => on);
    const [first = Infinity, second = Infinity] = outs;
    const asleep = (first - packed.startsOn) / MINUTE_MS;
    const awake = (second - again.startsOn) / MINUTE_MS;
    return [
      ...problemUnless(asleep >= 15 && asleep <= 19, `${asleep} min until the first consumer of a dormant queue`),
      ...problemUnless(outs.length === 2, `consumers started ${outs.length} times for two jobs`),
      ...problemUnless(awake >= 0 && awake <= 4, `${awake} min until the first consumer of a queue with metrics`),
      ...problemUnless(run({ operations, forMs: 8 * HOUR_MS }).taskSeconds === 0, 'tasks run without work'),
    ];
  },

  'an idle queue turns no alarm on': (read) =>
    [0, 1].flatMap((minimum) => checkAlarms(run({ operations: read({ MinConsumers: minimum }), forMs: 8 * HOUR_MS }))),
  'dead letters turn on DeadLetters': checkTurnsOn('DeadLetters', 18, { incidents: [incident('dead_letters')] }),
  'a message that cannot be stored turns on OldestMessage': checkTurnsOn('OldestMessage', 130, {
    incidents: [incident('message_is_stuck', 3 * HOUR_MS)],
  }),
  'consumers that do not start turn on NoConsumerWorks': checkTurnsOn(
    'NoConsumerWorks',
    30,
    { jobs: [single], incidents: [incident('tasks_do_not_start', HOUR_MS)] },
    { MinConsumers: 0 },
  ),
  'consumers that store nothing turn on NoConsumerWorks': checkTurnsOn('NoConsumerWorks', 15, {
    jobs: [single],
    incidents: [incident('nothing_is_stored', HOUR_MS)],
  }),
  'too much work for MaxConsumers turns on AtMaximum': checkTurnsOn(
    'AtMaximum',
    25,
    { jobs: [{ ...fleetJob('one a message', 10_000_000, BEGIN_MS), sentPerSecond: 15_000 }] },
    { MaxConsumers: 3 },
  ),
  'consumers at their maximum that keep up turn no alarm on'(read) {
    const job = fleetJob('one a message', 50_000_000, BEGIN_MS);
    const done = run({ operations: read({ MaxConsumers: 4 }), jobs: [job], forMs: 5 * HOUR_MS });
    return [
      ...checkAlarms(done),
      ...problemUnless(done.maxDesired === 4, `${done.maxDesired} consumers at most instead of 4`),
    ];
  },
  'a table that takes less than it should turns on Throttles': checkTurnsOn('Throttles', 20, {
    jobs: [largeSingle],
    incidents: [incident('table_takes_less', 0.5 * HOUR_MS)],
  }),
  'a table that is used up turns no alarm on': (read) =>
    checkAlarms(
      run({
        operations: read({ MinConsumers: 4 }),
        jobs: [hugePacked],
        incidents: [incident('other_writer', HOUR_MS)],
      }),
    ),
  'a consumer that meets a bug turns on FatalExits': checkTurnsOn('FatalExits', 3, {
    incidents: [incident('fatal_exit')],
  }),
  'a stalled job turns on StalledJobs, which stays on until the job continues'(read) {
    const incidents = [{ ...incident('job_is_stalled'), from: BEGIN_MS + 5 * MINUTE_MS }];
    const done = run({ operations: read(), incidents });
    const times = done.alarms.get('StalledJobs')?.length ?? 0;
    return [
      ...checkTurnsOn('StalledJobs', 20, { incidents })(read),
      ...problemUnless(times === 1, `StalledJobs went on ${times} times for one job`),
    ];
  },
} satisfies Readonly<Record<string, Check>>;
