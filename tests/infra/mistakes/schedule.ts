// Mistakes in the schedule that looks for stalled jobs, its role, its filter and its alarm.
import { type Mistake, mistake, replace, set } from './make.ts';

const SCHEDULED = 'a schedule looks for stalled jobs, in the cluster of the stack';
const STALLED_ALARM =
  'the alarm of stalled jobs reads the number that the watcher prints, and stays on between two runs';
const NARROW_ROLE = 'the role of the schedule allows only to start its task with the roles of the task';
const SCHEDULE = 'Resources/WatcherSchedule/Properties';
const WATCHER = 'Resources/WatcherTask/Properties/ContainerDefinitions/0';

export const SCHEDULE_MISTAKES: readonly Mistake[] = [
  mistake('nothing looks for stalled jobs', SCHEDULED, set('services', 'Resources/WatcherSchedule', undefined)),
  mistake('the schedule is switched off', SCHEDULED, set('services', `${SCHEDULE}/State`, 'DISABLED')),
  mistake(
    'the schedule starts a producer',
    SCHEDULED,
    replace('services', 'WatcherSchedule', 'WatcherTask', 'ProducerTask'),
  ),
  mistake(
    'the schedule starts its task in another cluster',
    SCHEDULED,
    set('services', `${SCHEDULE}/Target/Arn`, 'arn:aws:ecs:REGION:ACCOUNT:cluster/default'),
  ),
  mistake('failed runs are retried for a day', SCHEDULED, set('services', `${SCHEDULE}/Target/RetryPolicy`, undefined)),
  mistake('the watcher prints a table', SCHEDULED, replace('services', 'WatcherTask', ',"--json"', '')),
  mistake(
    'the watcher calls an emulator instead of AWS',
    SCHEDULED,
    replace('services', 'WatcherTask', ',"--aws"', ''),
  ),
  mistake(
    'the watcher prints a line of any length',
    SCHEDULED,
    replace('services', 'WatcherTask', '"--limit","1",', ''),
  ),
  mistake(
    'the filter names a field that is not printed',
    STALLED_ALARM,
    replace('services', 'StalledCount', '{ $.stalled >= 0 }', '{ $.stalledJobs >= 0 }'),
  ),
  mistake('the filter counts lines', STALLED_ALARM, replace('services', 'StalledCount', '"$.stalled"', '"1"')),
  mistake(
    'the alarm turns off between two runs',
    STALLED_ALARM,
    set('services', 'Resources/StalledJobs/Properties/EvaluationPeriods', 10),
  ),
  mistake(
    'the alarm expects a run in each minute',
    STALLED_ALARM,
    set('services', 'Resources/StalledJobs/Properties/DatapointsToAlarm', undefined),
  ),
  mistake(
    'the alarm turns on for missing data',
    STALLED_ALARM,
    set('services', 'Resources/StalledJobs/Properties/TreatMissingData', 'breaching'),
  ),
  mistake(
    'the watcher runs once an hour',
    STALLED_ALARM,
    replace('services', 'WatcherSchedule', '15 minutes', '60 minutes'),
  ),
  mistake(
    'the schedule may start every task',
    NARROW_ROLE,
    replace('services', 'ScheduleRole', '{"Ref":"WatcherTask"}', '"*"'),
  ),
  mistake(
    'the schedule may start its task in every cluster',
    NARROW_ROLE,
    replace(
      'services',
      'ScheduleRole',
      ',"Condition":{"ArnEquals":{"ecs:cluster":{"Fn::GetAtt":["Cluster","Arn"]}}}',
      '',
    ),
  ),
  mistake(
    'the schedule may pass the role of another task',
    NARROW_ROLE,
    replace('services', 'ScheduleRole', '"WatcherRole","Arn"', '"ConsumerRole","Arn"'),
  ),
  mistake(
    'other services can assume the role of the schedule',
    'only tasks, the schedule and people of this account can assume a role',
    replace('services', 'ScheduleRole', 'scheduler.amazonaws.com', 'ecs-tasks.amazonaws.com'),
  ),
  mistake(
    'the watcher may delete jobs',
    'the policies of the roles are the files of docs/iam',
    replace('services', 'WatcherRole', '"dynamodb:GetItem"', '["dynamodb:GetItem","dynamodb:DeleteItem"]'),
  ),
  mistake(
    'the watcher may encrypt',
    'the policies of the roles are the files of docs/iam',
    replace('services', 'WatcherRole', '"kms:Decrypt"', '["kms:Decrypt","kms:GenerateDataKey"]'),
  ),
  mistake(
    'the watcher is root',
    'a container is not root, writes no file and has no capability',
    set('services', `${WATCHER}/User`, '0:0'),
  ),
  mistake(
    'the watcher has no route to AWS',
    'tasks reach SQS, ECR and CloudWatch Logs, and have a public address only if they need it for that',
    replace('services', 'WatcherSchedule', '"DISABLED","ENABLED"', '"DISABLED","DISABLED"'),
  ),
];
