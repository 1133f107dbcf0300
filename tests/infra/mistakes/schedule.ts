// In the schedule that looks for stalled jobs, its role, its filter and its alarm.
import { type Mistake, mistake, replace, set } from './make.ts';

const LOOKS = 'stalled jobs are looked for by a schedule, in the cluster of the stack';
const TELLS = 'the alarm of stalled jobs counts what the watcher prints, and stays on from one look to the next';
const MAY = 'the schedule may start its task, with the roles of the task, and nothing else';
const SCHEDULE = 'Resources/WatcherSchedule/Properties';
const WATCHER = 'Resources/WatcherTask/Properties/ContainerDefinitions/0';

export const IN_SCHEDULE: readonly Mistake[] = [
  mistake('nothing looks for stalled jobs', LOOKS, set('services', 'Resources/WatcherSchedule', undefined)),
  mistake('the schedule is switched off', LOOKS, set('services', `${SCHEDULE}/State`, 'DISABLED')),
  mistake(
    'the schedule starts a producer',
    LOOKS,
    replace('services', 'WatcherSchedule', 'WatcherTask', 'ProducerTask'),
  ),
  mistake(
    'the schedule starts its task in another cluster',
    LOOKS,
    set('services', `${SCHEDULE}/Target/Arn`, 'arn:aws:ecs:REGION:ACCOUNT:cluster/default'),
  ),
  mistake('runs that failed pile up for a day', LOOKS, set('services', `${SCHEDULE}/Target/RetryPolicy`, undefined)),
  mistake('the watcher prints a table', LOOKS, replace('services', 'WatcherTask', ',"--json"', '')),
  mistake('the watcher asks for an emulator', LOOKS, replace('services', 'WatcherTask', ',"--aws"', '')),
  mistake('the watcher prints a line of any length', LOOKS, replace('services', 'WatcherTask', '"--limit","1",', '')),
  mistake(
    'the filter names a field that is not printed',
    TELLS,
    replace('services', 'StalledCount', '{ $.stalled >= 0 }', '{ $.stalledJobs >= 0 }'),
  ),
  mistake('the filter counts lines', TELLS, replace('services', 'StalledCount', '"$.stalled"', '"1"')),
  mistake(
    'the alarm ends between two looks',
    TELLS,
    set('services', 'Resources/StalledJobs/Properties/EvaluationPeriods', 10),
  ),
  mistake(
    'the alarm wants a look in each minute',
    TELLS,
    set('services', 'Resources/StalledJobs/Properties/DatapointsToAlarm', undefined),
  ),
  mistake(
    'an alarm while nothing is known',
    TELLS,
    set('services', 'Resources/StalledJobs/Properties/TreatMissingData', 'breaching'),
  ),
  mistake('jobs are looked at once an hour', TELLS, replace('services', 'WatcherSchedule', '15 minutes', '60 minutes')),
  mistake(
    'the schedule may start every task',
    MAY,
    replace('services', 'ScheduleRole', '{"Ref":"WatcherTask"}', '"*"'),
  ),
  mistake(
    'the schedule may start its task in every cluster',
    MAY,
    replace(
      'services',
      'ScheduleRole',
      ',"Condition":{"ArnEquals":{"ecs:cluster":{"Fn::GetAtt":["Cluster","Arn"]}}}',
      '',
    ),
  ),
  mistake(
    'the schedule may hand on the role of another task',
    MAY,
    replace('services', 'ScheduleRole', '"WatcherRole","Arn"', '"ConsumerRole","Arn"'),
  ),
  mistake(
    'other services can have the role of the schedule',
    'a role is for tasks, or for people, of this account',
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
    'the watcher has no way out',
    'tasks reach SQS, ECR and CloudWatch Logs, and have a public address only where it is the way out',
    replace('services', 'WatcherSchedule', '"DISABLED","ENABLED"', '"DISABLED","DISABLED"'),
  ),
];
