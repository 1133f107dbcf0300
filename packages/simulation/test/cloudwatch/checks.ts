// What the template's scaling and alarms must do in the model. Each check returns what is wrong, in words.
import type { FleetOptions, FleetRun } from '../../src/cloudwatch/fleet.ts';
import { fleetJob } from '../../src/cloudwatch/fleet-job.ts';
import { BEGIN_MS, HOUR_MS, incident, MINUTE_MS, type Read, run } from './support.ts';

export type Check = (read: Read) => string[];

/** The composite alarm, which is on when any other is. */
const COMPOSITE = 'NeedsAttention';
/** A queue that slept has metrics again after a quarter of an hour; then the first task starts. */
const AWAKE_MINUTES = 21;
const MINIMA = [0, 1, 2, 4] as const;

const single = fleetJob('one a message', 1_000_000, BEGIN_MS);
const packed = fleetJob('packed', 1_000_000, BEGIN_MS);
const hugePacked = fleetJob('packed', 100_000_000, BEGIN_MS);
const largeSingle = fleetJob('one a message', 5_000_000, BEGIN_MS);
const WARM = { TableWriteUnits: 40_000, MaxConsumers: 40 };

const unless = (isRight: boolean, problem: string): string[] => (isRight ? [] : [problem]);
const minutes = ({ drainedOn = Infinity }: FleetRun) => (drainedOn - BEGIN_MS) / MINUTE_MS;

/** Consumers come, then they go; never the other way within a job. */
function steadiness({ changes }: FleetRun): string[] {
  const firstIn = changes.findIndex(({ from, to }) => to < from);
  const isSteady = firstIn === -1 || changes.slice(firstIn).every(({ from, to }) => to < from);
  const text = changes.map(({ on, from, to }) => `${from}→${to} after ${on / MINUTE_MS} min`).join(', ');
  return unless(isSteady, `consumers come and go: ${text}`);
}

/** Which alarms went on; the composite with any of them. */
function alarms(done: FleetRun, ...expected: readonly string[]): string[] {
  const all = [...expected, ...(expected.length > 0 ? [COMPOSITE] : [])].sort();
  const on = [...done.alarms.keys()].sort();
  return unless(on.join() === all.join(), `alarms: ${on.join(', ') || 'none'} instead of ${all.join(', ') || 'none'}`);
}

function drained(done: FleetRun, minimum: number, within: number): string[] {
  const most = within + (minimum === 0 ? AWAKE_MINUTES : 0);
  return [
    ...unless(minutes(done) <= most, `drained after ${minutes(done)} min instead of ${most}`),
    ...unless(done.desired === minimum, `${done.desired} consumers are left instead of ${minimum}`),
    ...steadiness(done),
    ...alarms(done),
  ];
}

const drains =
  (job: typeof single, within: number, parameters = {}, tableUnitsPerSecond = 4000): Check =>
  (read) =>
    MINIMA.flatMap((minimum) => {
      const operations = read({ MinConsumers: minimum, ...parameters });
      return drained(run({ operations, jobs: [job], tableUnitsPerSecond }), minimum, within);
    });

/** What happens, the one alarm that it turns on, and within how many minutes. */
const turnsOn =
  (alarm: string, within: number, options: Partial<FleetOptions>, parameters = {}): Check =>
  (read) => {
    const done = run({ operations: read(parameters), ...options });
    const [on = Infinity] = done.alarms.get(alarm) ?? [];
    const after = (on - BEGIN_MS) / MINUTE_MS;
    return [...alarms(done, alarm), ...unless(after >= 0 && after <= within, `${alarm} went on after ${after} min`)];
  };

const mostOf = (read: Read, parameters: object, options: Partial<FleetOptions>): number =>
  run({ operations: read({ ...parameters }), ...options }).maxDesired;

export const CHECKS = {
  '1 million single movies are drained from every minimum': drains(single, 12),
  '1 million packed movies are drained from every minimum': drains(packed, 2),
  '100 million packed movies are drained from every minimum': drains(hugePacked, 60),
  '100 million packed movies are drained fast where the table is warm': (read) => [
    ...drains(hugePacked, 20, WARM, 40_000)(read),
    ...unless(mostOf(read, WARM, { jobs: [hugePacked], tableUnitsPerSecond: 40_000 }) >= 3, 'too few consumers'),
  ],

  'scaling is on work: a packed message counts more than a single one'(read) {
    const sameMessages = fleetJob('one a message', hugePacked.messages, BEGIN_MS);
    const [one, other] = [hugePacked, sameMessages].map((job) =>
      mostOf(read, WARM, { jobs: [job], tableUnitsPerSecond: 40_000 }),
    );
    return unless((one ?? 0) > 2 * (other ?? 0), `${one} consumers for packed messages, ${other} for single ones`);
  },
  'consumers are not more than use up the write units of the table'(read) {
    const job = { ...fleetJob('one a message', 20_000_000, BEGIN_MS), sentPerSecond: 60_000 };
    const most = [4000, 8000].map((TableWriteUnits) =>
      mostOf(read, { TableWriteUnits, MaxConsumers: 60 }, { jobs: [job], tableUnitsPerSecond: TableWriteUnits }),
    );
    return unless(most.join() === '8,16', `${most.join(' and ')} consumers instead of 8 and 16`);
  },
  'consumers are not more than the message groups of a job occupy': (read) =>
    (
      [
        ['one a message', 200_000],
        ['one a message', 2_000_000],
        ['packed', 1_000_000],
        ['packed', 20_000_000],
      ] as const
    ).flatMap(([mode, movies]) => {
      // All of it is there when the first consumer comes.
      const job = { ...fleetJob(mode, movies, BEGIN_MS), sentPerSecond: movies };
      const units = 400_000;
      const warm = { MinConsumers: 0, TableWriteUnits: units, MaxConsumers: 75 };
      const most = mostOf(read, warm, { jobs: [job], tableUnitsPerSecond: units });
      const occupied = Math.ceil(job.messageGroups / job.receivesAtOnce);
      return unless(most <= occupied, `${most} consumers instead of ${occupied}`);
    }),
  'consumers stay while a long job is sent, as few as keep up with it'(read) {
    const job = fleetJob('one a message', 50_000_000, BEGIN_MS);
    const done = run({ operations: read(), jobs: [job], forMs: 5 * HOUR_MS });
    const most = Math.ceil(job.sentPerSecond / job.storedPerSecond) + 1;
    return [
      ...drained(done, 1, 5 * 60),
      ...unless(done.maxDesired <= most, `${done.maxDesired} consumers instead of ${most}`),
    ];
  },
  'one consumer is left when little work comes all the time'(read) {
    const little = { ...fleetJob('one a message', 100_000, BEGIN_MS), sentPerSecond: 10 };
    const done = run({ operations: read(), jobs: [largeSingle, little], forMs: 2.5 * HOUR_MS });
    return [
      ...unless(
        done.maxDesired > 3 && done.desired === 1,
        `${done.maxDesired} consumers at most, ${done.desired} at the end`,
      ),
      ...steadiness(done),
    ];
  },
  'consumers stay when the next job comes within minutes'(read) {
    const next = { ...largeSingle, startsOn: BEGIN_MS + 25 * MINUTE_MS };
    const done = run({ operations: read(), jobs: [largeSingle, next] });
    const [firstIn = 0] = done.changes.filter(({ from, to }) => to < from).map(({ on }) => on);
    return [...steadiness(done), ...unless(firstIn > next.startsOn, 'consumers are gone when the next job comes')];
  },
  'a deployment and an interruption of Spot change nothing'(read) {
    const usual = run({ operations: read(), jobs: [largeSingle] });
    return (['deployment', 'spot_interruption'] as const).flatMap((kind) => {
      const incidents = [{ kind, from: BEGIN_MS + 14 * MINUTE_MS, to: BEGIN_MS + 18 * MINUTE_MS }];
      const done = run({ operations: read(), jobs: [largeSingle], incidents });
      return [
        ...unless(done.maxDesired === usual.maxDesired, `${kind}: ${done.maxDesired} instead of ${usual.maxDesired}`),
        ...steadiness(done),
      ];
    });
  },
  'metrics of the table and of tasks may be two minutes late'(read) {
    const lateMs = { 'AWS/DynamoDB': 2 * MINUTE_MS, 'AWS/ECS': 2 * MINUTE_MS };
    const job = fleetJob('one a message', 20_000_000, BEGIN_MS);
    return [0, 1].flatMap((minimum) =>
      drained(run({ operations: read({ MinConsumers: minimum }), jobs: [job], lateMs }), minimum, 75),
    );
  },
  'a consumer stays while a message is in flight'(read) {
    const job = fleetJob('packed', 100_000, BEGIN_MS);
    const incidents = [{ ...incident('message_is_stuck', 1.5 * HOUR_MS), from: BEGIN_MS + 10 * MINUTE_MS }];
    const done = run({ operations: read({ MinConsumers: 0 }), jobs: [job], incidents, forMs: 1.9 * HOUR_MS });
    return unless(done.desired === 1, `${done.desired} consumers`);
  },
  'a minimum of 0 costs nothing while nothing is to do, and minutes of waiting'(read) {
    const again = { ...packed, startsOn: BEGIN_MS + 2 * HOUR_MS };
    const operations = read({ MinConsumers: 0 });
    const { changes } = run({ operations, jobs: [packed, again], forMs: 4 * HOUR_MS });
    const outs = changes.filter(({ from, to }) => to > from).map(({ on }) => on);
    const [first = Infinity, second = Infinity] = outs;
    const asleep = (first - packed.startsOn) / MINUTE_MS;
    const awake = (second - again.startsOn) / MINUTE_MS;
    return [
      ...unless(asleep >= 15 && asleep <= 19, `${asleep} min until the first consumer of a queue that slept`),
      ...unless(outs.length === 2, `consumers started ${outs.length} times for two jobs`),
      ...unless(awake >= 0 && awake <= 4, `${awake} min until the first consumer of a queue that is awake`),
      ...unless(run({ operations, forMs: 8 * HOUR_MS }).taskSeconds === 0, 'tasks run without work'),
    ];
  },

  'an idle queue turns no alarm on': (read) =>
    [0, 1].flatMap((minimum) => alarms(run({ operations: read({ MinConsumers: minimum }), forMs: 8 * HOUR_MS }))),
  'dead letters turn on DeadLetters': turnsOn('DeadLetters', 18, { incidents: [incident('dead_letters')] }),
  'a message that cannot be stored turns on OldestMessage': turnsOn('OldestMessage', 130, {
    incidents: [incident('message_is_stuck', 3 * HOUR_MS)],
  }),
  'consumers that do not start turn on NoConsumerWorks': turnsOn(
    'NoConsumerWorks',
    30,
    { jobs: [single], incidents: [incident('tasks_do_not_start', HOUR_MS)] },
    { MinConsumers: 0 },
  ),
  'consumers that store nothing turn on NoConsumerWorks': turnsOn('NoConsumerWorks', 15, {
    jobs: [single],
    incidents: [incident('nothing_is_stored', HOUR_MS)],
  }),
  'too much work for MaxConsumers turns on AtMaximum': turnsOn(
    'AtMaximum',
    25,
    { jobs: [{ ...fleetJob('one a message', 10_000_000, BEGIN_MS), sentPerSecond: 15_000 }] },
    { MaxConsumers: 3 },
  ),
  'consumers at their maximum that keep up turn no alarm on': (read) =>
    alarms(
      run({
        operations: read({ MaxConsumers: 4 }),
        jobs: [fleetJob('one a message', 50_000_000, BEGIN_MS)],
        forMs: 5 * HOUR_MS,
      }),
    ),
  'a table that takes less than it should turns on Throttles': turnsOn('Throttles', 20, {
    jobs: [largeSingle],
    incidents: [incident('table_takes_less', 0.5 * HOUR_MS)],
  }),
  'a table that is used up turns no alarm on': (read) =>
    alarms(
      run({
        operations: read({ MinConsumers: 4 }),
        jobs: [hugePacked],
        incidents: [incident('other_writer', HOUR_MS)],
      }),
    ),
  'a consumer that meets a bug turns on FatalExits': turnsOn('FatalExits', 3, { incidents: [incident('fatal_exit')] }),
  'a stalled job turns on StalledJobs, which stays on until the job goes on'(read) {
    const incidents = [{ ...incident('job_is_stalled'), from: BEGIN_MS + 5 * MINUTE_MS }];
    const done = run({ operations: read(), incidents });
    const times = done.alarms.get('StalledJobs')?.length ?? 0;
    return [
      ...turnsOn('StalledJobs', 20, { incidents })(read),
      ...unless(times === 1, `StalledJobs went on ${times} times for one job`),
    ];
  },
} satisfies Readonly<Record<string, Check>>;
