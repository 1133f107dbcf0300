// Mistakes that people make in alarms and scaling, and the check that finds each. CloudFormation deploys most of them
// without an error.
import type { CHECKS } from './checks.ts';
import type { TemplateFile } from './support.ts';

export interface Mistake {
  readonly description: string;
  readonly change: (template: TemplateFile) => void;
  readonly foundBy: keyof typeof CHECKS;
}

type Fields = Record<string, unknown>;
type Edit = (properties: Fields) => void;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

/** Changes the properties of one resource. */
const changeResource =
  (id: string, edit: Edit) =>
  ({ Resources }: TemplateFile): void => {
    const resource = Resources[id];
    if (resource === undefined) throw new Error(`the template has no ${id}`);
    edit(resource.Properties);
  };

const setProperties =
  (values: Fields): Edit =>
  (properties) =>
    void Object.assign(properties, values);

const escapeJson = (text: string): string => JSON.stringify(text).slice(1, -1);

/** Replaces a text in the strings of the resource. */
const replace = (from: string, to: string): Edit => replaceJson(escapeJson(from), escapeJson(to));

/** Replaces a text in the resource's JSON. Throws when the JSON does not have it: then this list is out of date. */
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

/** Sets another statistic for the metric of this id. */
const setStatistic =
  (id: string, stat: string): Edit =>
  ({ Metrics }) => {
    const query = Array.isArray(Metrics)
      ? Metrics.find((query: unknown) => isFields(query) && query.Id === id)
      : undefined;
    if (!isFields(query) || !isFields(query.MetricStat)) throw new Error(`there is no metric ${id}`);
    query.MetricStat.Stat = stat;
  };

/** Fills missing points of the alarm's value with 0: also in the newest minute, whose point has not arrived yet. */
const fillMissingPoints: Edit = (properties) => {
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
const WAITING = 'a minimum of 0 runs no task without work, and delays a job by minutes';
const IDLE = 'an idle queue turns no alarm on';
const DEAD_LETTERS = 'dead letters turn on DeadLetters';
const OLD = 'a message that cannot be stored turns on OldestMessage';
const NO_START = 'consumers that do not start turn on NoConsumerWorks';
const NO_STORE = 'consumers that store nothing turn on NoConsumerWorks';
const MAXIMUM = 'too much work for MaxConsumers turns on AtMaximum';
const THROTTLES = 'a table that takes less than it should turns on Throttles';
const FATAL = 'a consumer that meets a bug turns on FatalExits';
const STALLED = 'a stalled job turns on StalledJobs, which stays on until the job continues';
const GROUPS = 'there are no more consumers than the message groups of a job keep busy';
const UNITS = 'there are no more consumers than the table has write units for';
const WORK = 'scaling depends on work: a packed message counts more than a single one';
const KEEPS_UP = 'consumers at their maximum that keep up turn no alarm on';
const USED_UP = 'a table that is used up turns no alarm on';
const NEXT = 'consumers stay when the next job comes within minutes';
const DEPLOYMENT = 'a deployment and an interruption of Spot change nothing';
const LATE = 'metrics of the table and of tasks may be two minutes late';
const IN_FLIGHT = 'a consumer stays while a message is in flight';
const LITTLE = 'one consumer is left while little work comes';

const alarms: readonly (readonly [what: string, id: string, edit: Edit, foundBy: keyof typeof CHECKS])[] = [
  ['DeadLetters watches the wrong queue', 'DeadLetters', replace(DLQ, QUEUE), SINGLE],
  [
    'DeadLetters names its queue by the URL',
    'DeadLetters',
    replace(DLQ, `https://sqs.us-east-1.amazonaws.com/1/${DLQ}`),
    DEAD_LETTERS,
  ],
  [
    'DeadLetters treats missing data as a breach',
    'DeadLetters',
    setProperties({ TreatMissingData: 'breaching' }),
    IDLE,
  ],
  [
    'DeadLetters has the opposite comparison',
    'DeadLetters',
    setProperties({ ComparisonOperator: 'LessThanThreshold' }),
    DEAD_LETTERS,
  ],
  [
    'DeadLetters is on only from two dead letters',
    'DeadLetters',
    setProperties({ ComparisonOperator: 'GreaterThanThreshold' }),
    DEAD_LETTERS,
  ],
  ['DeadLetters fills the newest minute', 'DeadLetters', fillMissingPoints, DEAD_LETTERS],
  ['DeadLetters misspells its metric', 'DeadLetters', replace('MessagesVisible', 'Messages'), DEAD_LETTERS],
  ['OldestMessage has a threshold in minutes', 'OldestMessage', setProperties({ Threshold: 120 }), HUGE],
  ['OldestMessage adds up samples', 'OldestMessage', setStatistic('age', 'Sum'), HUGE],
  [
    'OldestMessage has the opposite comparison',
    'OldestMessage',
    setProperties({ ComparisonOperator: 'LessThanThreshold' }),
    SINGLE,
  ],
  ['OldestMessage waits for most of a day', 'OldestMessage', setProperties({ EvaluationPeriods: 1000 }), OLD],
  ['OldestMessage watches the dead-letter queue', 'OldestMessage', replace(QUEUE, DLQ), OLD],
  [
    'NoConsumerWorks does not wait until a consumer starts',
    'NoConsumerWorks',
    setProperties({ EvaluationPeriods: 1 }),
    PACKED,
  ],
  ['NoConsumerWorks counts minutes with deletes', 'NoConsumerWorks', replace('== 0', '> 0'), NO_START],
  ['NoConsumerWorks watches the dead-letter queue', 'NoConsumerWorks', replace(QUEUE, DLQ), NO_STORE],
  [
    'NoConsumerWorks counts a missing point as a delete',
    'NoConsumerWorks',
    replace('FILL(deleted, 0)', 'FILL(deleted, 1)'),
    NO_START,
  ],
  ['AtMaximum is on only above the maximum', 'AtMaximum', replace('>= ${', '> ${'), MAXIMUM],
  ['AtMaximum compares with the minimum', 'AtMaximum', replace('MaxConsumers', 'MinConsumers'), HUGE],
  ['AtMaximum takes the CPU load of tasks for their number', 'AtMaximum', setStatistic('tasks', 'Average'), HUGE],
  ['AtMaximum does not check whether the age grows', 'AtMaximum', replace('DIFF(age) > 0', 'age >= 0'), KEEPS_UP],
  ['Throttles watches another table', 'Throttles', replace('movie-job-information', 'movies'), THROTTLES],
  ['Throttles has a threshold in percent instead of a share', 'Throttles', setProperties({ Threshold: 50 }), THROTTLES],
  [
    'Throttles does not check whether the table is used up',
    'Throttles',
    replace('IF(units < ', 'IF(units > 0 * '),
    USED_UP,
  ],
  ['Throttles takes seconds for minutes', 'Throttles', replace(' * 36, ', ' * 0.6, '), THROTTLES],
  ['Throttles is on from the first throttled write', 'Throttles', setProperties({ Threshold: 0 }), SINGLE],
  ['Throttles takes the minimum instead of the sum', 'Throttles', setStatistic('throttled', 'Minimum'), THROTTLES],
  ['FatalExits treats missing data as a bug', 'FatalExits', setProperties({ TreatMissingData: 'breaching' }), IDLE],
  ['FatalExits requires a bug in each minute', 'FatalExits', setProperties({ DatapointsToAlarm: 5 }), FATAL],
  [
    'FatalExits has a dimension that the log’s metric does not have',
    'FatalExits',
    replaceJson('"MetricName"', '"Dimensions":[{"Name":"a","Value":"b"}],"MetricName"'),
    FATAL,
  ],
  [
    'StalledJobs treats missing data as a stalled job',
    'StalledJobs',
    setProperties({ TreatMissingData: 'breaching' }),
    IDLE,
  ],
  ['StalledJobs is on while no job is stalled', 'StalledJobs', setProperties({ Threshold: 0 }), IDLE],
  ['StalledJobs ignores a single job', 'StalledJobs', setProperties({ Threshold: 2 }), STALLED],
  ['StalledJobs requires a check in each minute', 'StalledJobs', setProperties({ DatapointsToAlarm: 20 }), STALLED],
  ['StalledJobs ends between two checks', 'StalledJobs', setProperties({ EvaluationPeriods: 5 }), STALLED],
  [
    'jobs are checked only once an hour',
    'WatcherSchedule',
    setProperties({ ScheduleExpression: 'rate(60 minutes)' }),
    STALLED,
  ],
  ['nothing checks for stalled jobs', 'WatcherSchedule', setProperties({ State: 'DISABLED' }), STALLED],
  ['the composite lacks an alarm', 'NeedsAttention', replace(` OR ALARM("\${FatalExits}")`, ''), FATAL],
];

const scaling: typeof alarms = [
  ['WorkWaits fills the newest minute', 'WorkWaits', fillMissingPoints, SINGLE],
  ['WorkWaits has no policy', 'WorkWaits', setProperties({ AlarmActions: [] }), SINGLE],
  ['WorkWaits has its actions disabled', 'WorkWaits', setProperties({ ActionsEnabled: false }), SINGLE],
  [
    'WorkWaits calls the wrong policy',
    'WorkWaits',
    setProperties({ AlarmActions: [{ Ref: 'ScaleToMinimum' }] }),
    SINGLE,
  ],
  ['WorkWaits waits for ten minutes', 'WorkWaits', setProperties({ EvaluationPeriods: 10 }), WAITING],
  ['WorkWaits has periods of an hour', 'WorkWaits', replaceJson('"Period":60', '"Period":3600'), WAITING],
  ['WorkWaits watches the dead-letter queue', 'WorkWaits', replace(QUEUE, DLQ), SINGLE],
  ['WorkWaits counts messages', 'WorkWaits', replace('0.0006 + bytes * 0.00000009', '0.0006'), WORK],
  ['WorkWaits adds up sizes', 'WorkWaits', setStatistic('size', 'Sum'), WORK],
  ['WorkWaits takes the CPU load of tasks for their number', 'WorkWaits', setStatistic('tasks', 'Average'), WARM],
  ['WorkWaits needs tasks to start tasks', 'WorkWaits', replace('FILL(FILL(tasks, REPEAT), 0)', 'tasks'), SINGLE],
  [
    'WorkWaits does not keep the running consumers',
    'WorkWaits',
    replace('allowed > running', 'allowed > 0 * running'),
    LONG,
  ],
  [
    'WorkWaits keeps the tasks that a deployment adds',
    'WorkWaits',
    replace('allowed > running * 1.25 + 0.3 * (running > 0), allowed, 0', 'allowed > running, allowed, running'),
    DEPLOYMENT,
  ],
  [
    'WorkWaits treats a late point as no tasks',
    'WorkWaits',
    replace('FILL(FILL(tasks, REPEAT), 0)', 'FILL(tasks, 0)'),
    LATE,
  ],
  ['WorkWaits ignores the write units', 'WorkWaits', replace('IF(wanted < most, wanted, most)', 'wanted'), UNITS],
  ['WorkWaits plans to finish within 0.3 seconds', 'WorkWaits', replace('/ 300', '/ 0.3'), GROUPS],
  ['WorkWaits takes hours for minutes', 'WorkWaits', replace('/ 300', '/ 18000'), WARM],
  ['ScaleByWork adds instead of setting', 'ScaleByWork', replace('ExactCapacity', 'ChangeInCapacity'), LONG],
  [
    'ScaleByWork has a gap below its first step',
    'ScaleByWork',
    replaceJson('"MetricIntervalLowerBound":0,', '"MetricIntervalLowerBound":1,'),
    PACKED,
  ],
  [
    'ScaleToMinimum leaves one consumer',
    'ScaleToMinimum',
    replaceJson('"ScalingAdjustment":0', '"ScalingAdjustment":1'),
    SINGLE,
  ],

  [
    'QueueIsEmpty has the opposite comparison',
    'QueueIsEmpty',
    setProperties({ ComparisonOperator: 'GreaterThanOrEqualToThreshold' }),
    NEXT,
  ],
  ['QueueIsEmpty does not wait', 'QueueIsEmpty', setProperties({ EvaluationPeriods: 1 }), NEXT],
  [
    'QueueIsEmpty ignores messages in flight',
    'QueueIsEmpty',
    replace('visible + FILL(inFlight, 0)', 'visible'),
    IN_FLIGHT,
  ],
  ['QueueIsEmpty has no policy', 'QueueIsEmpty', setProperties({ AlarmActions: [] }), SINGLE],
  [
    'QueueIsEmpty requires a negative number of messages',
    'QueueIsEmpty',
    setProperties({ ComparisonOperator: 'LessThanThreshold' }),
    WARM,
  ],
  ['LittleWork is never on', 'LittleWork', setProperties({ Threshold: 0 }), LITTLE],

  ['LittleWork starts a task without work', 'LittleWork', replace('IF(tasks > 1,', 'IF(FILL(tasks, 0) >= 0,'), WAITING],
  ['the minimum is not the parameter', 'ConsumerScaling', setProperties({ MinCapacity: 1 }), SINGLE],
  ['the maximum is not the parameter', 'ConsumerScaling', setProperties({ MaxCapacity: 8 }), UNITS],
];

export const MISTAKES: readonly Mistake[] = [...alarms, ...scaling].map(([description, id, edit, foundBy]) => ({
  description,
  change: changeResource(id, edit),
  foundBy,
}));
