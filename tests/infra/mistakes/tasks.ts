// Mistakes in tasks, their log and their roles.
import { CONTAINER, type Mistake, mistake, replace, set } from './make.ts';

export const TASK_MISTAKES: readonly Mistake[] = [
  mistake(
    'the health check requests /readyz, which depends on AWS',
    'a service has a health check of /livez, within the limits of ECS',
    replace('services', 'ConsumerTask', '/livez', '/readyz'),
  ),
  mistake(
    'the drain is as long as the stop timeout',
    'a container ends within its stop timeout',
    set('services', `${CONTAINER}/StopTimeout`, 50),
  ),
  mistake(
    'the container runs as root',
    'a container is not root, writes no file and has no capability',
    set('services', `${CONTAINER}/User`, undefined),
  ),
  mistake(
    'the user of the container is a name',
    'a container is not root, writes no file and has no capability',
    set('services', `${CONTAINER}/User`, 'node'),
  ),
  mistake(
    'the container has capabilities',
    'a container is not root, writes no file and has no capability',
    set('services', `${CONTAINER}/LinuxParameters`, undefined),
  ),
  mistake(
    'the file system is writable',
    'a container is not root, writes no file and has no capability',
    set('services', `${CONTAINER}/ReadonlyRootFilesystem`, false),
  ),
  mistake(
    'every start of a producer sends a job',
    'a task that starts sends no job unless it is told to',
    replace('services', 'ProducerTask', '"Name":"MOVIES","Value":"0"', '"Name":"MOVIES","Value":"1000"'),
  ),
  mistake(
    'a setting is misspelt',
    'a service reads and accepts every variable that the template sets',
    replace('services', 'ConsumerTask', 'DRAIN_SECONDS', 'DRAIN_SECOND'),
  ),
  mistake(
    'the heap is not that of the compose file',
    'a service reads and accepts every variable that the template sets',
    replace('services', 'ConsumerTask', '--max-old-space-size=80', '--max-old-space-size=800'),
  ),
  mistake(
    'the services use another table',
    'services use the queues, table and bucket of the data stack',
    replace('services', 'ConsumerTask', 'movie-job-information', 'movie-jobs'),
  ),
  mistake(
    'a log is kept forever',
    'logs of services have a retention time, and writing them does not block',
    set('services', 'Resources/LogGroup/Properties/RetentionInDays', undefined),
  ),
  mistake(
    'a service waits for its log',
    'logs of services have a retention time, and writing them does not block',
    set('services', `${CONTAINER}/LogConfiguration/Options/mode`, 'blocking'),
  ),
  mistake(
    'a policy has an additional permission',
    'the policies of the roles are the files of docs/iam',
    replace('services', 'ConsumerRole', '"sqs:DeleteMessage"', '"sqs:DeleteMessage","sqs:PurgeQueue"'),
  ),
  mistake(
    'a permission is missing in a policy',
    'the policies of the roles are the files of docs/iam',
    replace('services', 'ConsumerRole', '"sqs:DeleteMessage",', ''),
  ),
  mistake(
    'other services can assume a role',
    'only tasks, the schedule and people of this account can assume a role',
    replace('services', 'ConsumerRole', 'ecs-tasks.amazonaws.com', 'ec2.amazonaws.com'),
  ),
  mistake(
    'a role has a policy managed by AWS',
    'a role has no permission on all resources and no policy managed by AWS',
    set('services', 'Resources/ExecutionRole/Properties/ManagedPolicyArns', [
      'arn:aws:iam::aws:policy/AdministratorAccess',
    ]),
  ),
  mistake(
    'a task has the role of another task',
    'each task has its own task role, and another role as its execution role',
    replace('services', 'ProducerTask', '"ProducerRole","Arn"', '"ConsumerRole","Arn"'),
  ),
  mistake(
    'consumers do not get the retention days',
    'services use the queues, table and bucket of the data stack',
    replace('services', 'ConsumerTask', '"HasRetention"', '"HasKey"'),
  ),
  mistake(
    'an access key is in the environment',
    'a task has no secret and no endpoint in its environment',
    replace('services', 'ConsumerTask', '"Name":"AWS_REGION"', '"Name":"AWS_SECRET_ACCESS_KEY"'),
  ),
  mistake(
    'a filter reads another log',
    'metric filters read the log of the services, and name fields that its lines have',
    replace('services', 'FatalLines', '{"Ref":"LogGroup"}', '"/movie-load"'),
  ),
  mistake(
    'a filter names a field that no line has',
    'metric filters read the log of the services, and name fields that its lines have',
    replace('services', 'FatalLines', '$.level', '$.severity'),
  ),
];
