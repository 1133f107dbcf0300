// Mistakes that people make in alarms and scaling, and which check finds each. Most of them deploy without a word.
import type { CHECKS } from './checks.ts';
import type { TemplateFile } from './support.ts';

export interface Mistake {
  readonly what: string;
  readonly seed: (template: TemplateFile) => void;
  readonly foundBy: keyof typeof CHECKS;
}

type Fields = Record<string, unknown>;
type Edit = (properties: Fields) => void;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

/** Changes the properties of one resource. */
const of =
  (id: string, edit: Edit) =>
  ({ Resources }: TemplateFile): void => {
    const resource = Resources[id];
    if (resource === undefined) throw new Error(`the template has no ${id}`);
    edit(resource.Properties);
  };

const set =
  (values: Fields): Edit =>
  (properties) =>
    void Object.assign(properties, values);

const quoted = (text: string): string => JSON.stringify(text).slice(1, -1);

/** Replaces a part of texts in the resource. */
const replace = (from: string, to: string): Edit => replaceJson(quoted(from), quoted(to));

/** Replaces a part of the resource's JSON; one that is not there is a mistake of this list. */
const replaceJson =
  (from: string, to: string): Edit =>
  (properties) => {
    const before = JSON.stringify(properties);
    const after = before.replaceAll(from, to);
    if (after === before) throw new Error(`${JSON.stringify(from)} is not in ${before}`);
    for (const key of Object.keys(properties)) delete properties[key];
    const changed: unknown = JSON.parse(after);
    if (isFields(changed)) Object.assign(properties, changed);
  };

/** Another statistic of the metric of this id. */
const statistic =
  (id: string, stat: string): Edit =>
  ({ Metrics }) => {
    const query = Array.isArray(Metrics) ? Metrics.find((one: unknown) => isFields(one) && one.Id === id) : undefined;
    if (!isFields(query) || !isFields(query.MetricStat)) throw new Error(`there is no metric ${id}`);
    query.MetricStat.Stat = stat;
  };

/** What an alarm returns, filled where a point is missing: also in the newest minute, whose point comes late. */
const fill: Edit = (properties) => {
  const { Metrics } = properties;
  if (!Array.isArray(Metrics)) throw new Error('the alarm has no metrics');
  for (const query of Metrics) if (isFields(query)) query.ReturnData = false;
  const last: unknown = Metrics.at(-1);
  Metrics.push({ Id: 'filled', Expression: `FILL(${isFields(last) ? String(last.Id) : ''}, 0)`, ReturnData: true });
};

const DLQ = 'movie-load-dlq.fifo';
const QUEUE = 'movie-load.fifo';
const SINGLE = '1 million single movies are drained from every minimum';
const PACKED = '1 million packed movies are drained from every minimum';
const HUGE = '100 million packed movies are drained from every minimum';
const WARM = '100 million packed movies are drained fast where the table is warm';
const LONG = 'consumers stay while a long job is sent, as few as keep up with it';
const WAITING = 'a minimum of 0 costs nothing while nothing is to do, and minutes of waiting';
const IDLE = 'an idle queue turns no alarm on';
const DEAD_LETTERS = 'dead letters turn on DeadLetters';
const OLD = 'a message that cannot be stored turns on OldestMessage';
const NO_START = 'consumers that do not start turn on NoConsumerWorks';
const NO_STORE = 'consumers that store nothing turn on NoConsumerWorks';
const MAXIMUM = 'too much work for MaxConsumers turns on AtMaximum';
const THROTTLES = 'a table that takes less than it should turns on Throttles';
const FATAL = 'a consumer that meets a bug turns on FatalExits';
const STALLED = 'a stalled job turns on StalledJobs, which stays on until the job goes on';
const GROUPS = 'consumers are not more than the message groups of a job occupy';
const UNITS = 'consumers are not more than use up the write units of the table';
const WORK = 'scaling is on work: a packed message counts more than a single one';
const KEEPS_UP = 'consumers at their maximum that keep up turn no alarm on';
const USED_UP = 'a table that is used up turns no alarm on';
const NEXT = 'consumers stay when the next job comes within minutes';
const DEPLOYMENT = 'a deployment and an interruption of Spot change nothing';
const LATE = 'metrics of the table and of tasks may be two minutes late';
const IN_FLIGHT = 'a consumer stays while a message is in flight';
const LITTLE = 'one consumer is left when little work comes all the time';

const alarms: readonly (readonly [what: string, id: string, edit: Edit, foundBy: keyof typeof CHECKS])[] = [
  ['DeadLetters watches the wrong queue', 'DeadLetters', replace(DLQ, QUEUE), SINGLE],
  [
    'DeadLetters has the URL of its queue',
    'DeadLetters',
    replace(DLQ, `https://sqs.us-east-1.amazonaws.com/1/${DLQ}`),
    DEAD_LETTERS,
  ],
  ['DeadLetters takes a missing point for a breach', 'DeadLetters', set({ TreatMissingData: 'breaching' }), IDLE],
  [
    'DeadLetters looks at the other side',
    'DeadLetters',
    set({ ComparisonOperator: 'LessThanThreshold' }),
    DEAD_LETTERS,
  ],
  [
    'DeadLetters is over its threshold at two dead letters only',
    'DeadLetters',
    set({ ComparisonOperator: 'GreaterThanThreshold' }),
    DEAD_LETTERS,
  ],
  ['DeadLetters fills the newest minute', 'DeadLetters', fill, DEAD_LETTERS],
  ['DeadLetters misspells its metric', 'DeadLetters', replace('MessagesVisible', 'Messages'), DEAD_LETTERS],
  ['OldestMessage is in minutes', 'OldestMessage', set({ Threshold: 120 }), HUGE],
  ['OldestMessage adds up samples', 'OldestMessage', statistic('age', 'Sum'), HUGE],
  ['OldestMessage looks at the other side', 'OldestMessage', set({ ComparisonOperator: 'LessThanThreshold' }), SINGLE],
  ['OldestMessage waits for most of a day', 'OldestMessage', set({ EvaluationPeriods: 1000 }), OLD],
  ['OldestMessage watches the dead-letter queue', 'OldestMessage', replace(QUEUE, DLQ), OLD],
  ['NoConsumerWorks does not wait until a consumer starts', 'NoConsumerWorks', set({ EvaluationPeriods: 1 }), PACKED],
  ['NoConsumerWorks counts minutes with deletes', 'NoConsumerWorks', replace('== 0', '> 0'), NO_START],
  ['NoConsumerWorks watches the dead-letter queue', 'NoConsumerWorks', replace(QUEUE, DLQ), NO_STORE],
  [
    'NoConsumerWorks takes a missing delete for one',
    'NoConsumerWorks',
    replace('FILL(deleted, 0)', 'FILL(deleted, 1)'),
    NO_START,
  ],
  ['AtMaximum is over the maximum', 'AtMaximum', replace('>= ${', '> ${'), MAXIMUM],
  ['AtMaximum compares with the minimum', 'AtMaximum', replace('MaxConsumers', 'MinConsumers'), HUGE],
  ['AtMaximum takes the load of tasks for their number', 'AtMaximum', statistic('tasks', 'Average'), HUGE],
  ['AtMaximum does not ask whether the age grows', 'AtMaximum', replace('DIFF(age) > 0', 'age >= 0'), KEEPS_UP],
  ['Throttles watches another table', 'Throttles', replace('movie-job-information', 'movies'), THROTTLES],
  ['Throttles has percent for a share', 'Throttles', set({ Threshold: 50 }), THROTTLES],
  [
    'Throttles does not ask whether the table is used up',
    'Throttles',
    replace('IF(units < ', 'IF(units > 0 * '),
    USED_UP,
  ],
  ['Throttles takes seconds for minutes', 'Throttles', replace(' * 36, ', ' * 0.6, '), THROTTLES],
  ['Throttles fires at the first one', 'Throttles', set({ Threshold: 0 }), SINGLE],
  ['Throttles averages what it should add up', 'Throttles', statistic('throttled', 'Minimum'), THROTTLES],
  ['FatalExits takes silence for a bug', 'FatalExits', set({ TreatMissingData: 'breaching' }), IDLE],
  ['FatalExits wants a bug in each minute', 'FatalExits', set({ DatapointsToAlarm: 5 }), FATAL],
  [
    'FatalExits has a dimension that the log has not',
    'FatalExits',
    replaceJson('"MetricName"', '"Dimensions":[{"Name":"a","Value":"b"}],"MetricName"'),
    FATAL,
  ],
  ['StalledJobs takes silence for a stalled job', 'StalledJobs', set({ TreatMissingData: 'breaching' }), IDLE],
  ['StalledJobs is on while no job is stalled', 'StalledJobs', set({ Threshold: 0 }), IDLE],
  ['StalledJobs ignores a single job', 'StalledJobs', set({ Threshold: 2 }), STALLED],
  ['StalledJobs wants a look in each minute', 'StalledJobs', set({ DatapointsToAlarm: 20 }), STALLED],
  ['StalledJobs ends between two looks', 'StalledJobs', set({ EvaluationPeriods: 5 }), STALLED],
  ['jobs are looked at once an hour', 'WatcherSchedule', set({ ScheduleExpression: 'rate(60 minutes)' }), STALLED],
  ['nothing looks for stalled jobs', 'WatcherSchedule', set({ State: 'DISABLED' }), STALLED],
  ['the composite lacks an alarm', 'NeedsAttention', replace(` OR ALARM("\${FatalExits}")`, ''), FATAL],
];

const scaling: typeof alarms = [
  ['WorkWaits fills the newest minute', 'WorkWaits', fill, SINGLE],
  ['WorkWaits has no policy', 'WorkWaits', set({ AlarmActions: [] }), SINGLE],
  ['WorkWaits acts on nothing', 'WorkWaits', set({ ActionsEnabled: false }), SINGLE],
  ['WorkWaits calls the wrong policy', 'WorkWaits', set({ AlarmActions: [{ Ref: 'ScaleToMinimum' }] }), SINGLE],
  ['WorkWaits waits for ten minutes', 'WorkWaits', set({ EvaluationPeriods: 10 }), WAITING],
  ['WorkWaits has periods of an hour', 'WorkWaits', replaceJson('"Period":60', '"Period":3600'), WAITING],
  ['WorkWaits watches the dead-letter queue', 'WorkWaits', replace(QUEUE, DLQ), SINGLE],
  ['WorkWaits counts messages', 'WorkWaits', replace('0.0006 + bytes * 0.00000009', '0.0006'), WORK],
  ['WorkWaits adds up sizes', 'WorkWaits', statistic('size', 'Sum'), WORK],
  ['WorkWaits takes the load of tasks for their number', 'WorkWaits', statistic('tasks', 'Average'), WARM],
  ['WorkWaits needs tasks to start tasks', 'WorkWaits', replace('FILL(FILL(tasks, REPEAT), 0)', 'tasks'), SINGLE],
  ['WorkWaits does not hold what runs', 'WorkWaits', replace('allowed > running', 'allowed > 0 * running'), LONG],
  [
    'WorkWaits keeps what a deployment adds',
    'WorkWaits',
    replace('allowed > running * 1.25 + 0.3 * (running > 0), allowed, 0', 'allowed > running, allowed, running'),
    DEPLOYMENT,
  ],
  [
    'WorkWaits takes a late point for no tasks',
    'WorkWaits',
    replace('FILL(FILL(tasks, REPEAT), 0)', 'FILL(tasks, 0)'),
    LATE,
  ],
  ['WorkWaits forgets the write units', 'WorkWaits', replace('IF(wanted < most, wanted, most)', 'wanted'), UNITS],
  ['WorkWaits wants to be done within a blink', 'WorkWaits', replace('/ 300', '/ 0.3'), GROUPS],
  ['WorkWaits takes hours for minutes', 'WorkWaits', replace('/ 300', '/ 18000'), WARM],
  ['ScaleByWork adds instead of setting', 'ScaleByWork', replace('ExactCapacity', 'ChangeInCapacity'), LONG],
  [
    'ScaleByWork has a step too little',
    'ScaleByWork',
    replaceJson('"MetricIntervalLowerBound":0,', '"MetricIntervalLowerBound":1,'),
    PACKED,
  ],
  [
    'ScaleToMinimum leaves one',
    'ScaleToMinimum',
    replaceJson('"ScalingAdjustment":0', '"ScalingAdjustment":1'),
    SINGLE,
  ],

  [
    'QueueIsEmpty looks at the other side',
    'QueueIsEmpty',
    set({ ComparisonOperator: 'GreaterThanOrEqualToThreshold' }),
    NEXT,
  ],
  ['QueueIsEmpty does not wait', 'QueueIsEmpty', set({ EvaluationPeriods: 1 }), NEXT],
  [
    'QueueIsEmpty forgets what is in flight',
    'QueueIsEmpty',
    replace('visible + FILL(inFlight, 0)', 'visible'),
    IN_FLIGHT,
  ],
  ['QueueIsEmpty has no policy', 'QueueIsEmpty', set({ AlarmActions: [] }), SINGLE],
  ['QueueIsEmpty wants a negative number', 'QueueIsEmpty', set({ ComparisonOperator: 'LessThanThreshold' }), WARM],
  ['LittleWork never finds little', 'LittleWork', set({ Threshold: 0 }), LITTLE],

  ['LittleWork starts a task for no work', 'LittleWork', replace('IF(tasks > 1,', 'IF(FILL(tasks, 0) >= 0,'), WAITING],
  ['the minimum is not the parameter', 'ConsumerScaling', set({ MinCapacity: 1 }), SINGLE],
  ['the maximum is not the parameter', 'ConsumerScaling', set({ MaxCapacity: 8 }), UNITS],
];

export const MISTAKES: readonly Mistake[] = [...alarms, ...scaling].map(([what, id, edit, foundBy]) => ({
  what,
  seed: of(id, edit),
  foundBy,
}));
