// In tasks, their log and their roles.
import { CONTAINER, type Mistake, mistake, replace, set } from './make.ts';

export const IN_TASKS: readonly Mistake[] = [
  mistake(
    'the health check asks dependencies',
    'a service is asked whether it lives, within the limits of ECS',
    replace('services', 'ConsumerTask', '/livez', '/readyz'),
  ),
  mistake(
    'the drain is as long as the stop timeout',
    'a container ends by itself before it is killed',
    set('services', `${CONTAINER}/StopTimeout`, 50),
  ),
  mistake(
    'root',
    'a container is not root, writes no file and has no capability',
    set('services', `${CONTAINER}/User`, undefined),
  ),
  mistake(
    'a user by name',
    'a container is not root, writes no file and has no capability',
    set('services', `${CONTAINER}/User`, 'node'),
  ),
  mistake(
    'capabilities are kept',
    'a container is not root, writes no file and has no capability',
    set('services', `${CONTAINER}/LinuxParameters`, undefined),
  ),
  mistake(
    'the file system can be written',
    'a container is not root, writes no file and has no capability',
    set('services', `${CONTAINER}/ReadonlyRootFilesystem`, false),
  ),
  mistake(
    'each start of a producer sends a job',
    'a task that starts sends no job by itself',
    replace('services', 'ProducerTask', '"Name":"MOVIES","Value":"0"', '"Name":"MOVIES","Value":"1000"'),
  ),
  mistake(
    'a setting is misspelt',
    'a service reads what the template sets, and takes it',
    replace('services', 'ConsumerTask', 'DRAIN_SECONDS', 'DRAIN_SECOND'),
  ),
  mistake(
    'the heap is not that of the compose file',
    'a service reads what the template sets, and takes it',
    replace('services', 'ConsumerTask', '--max-old-space-size=80', '--max-old-space-size=800'),
  ),
  mistake(
    'the services use another table',
    'services use the queues, table and bucket of the data stack',
    replace('services', 'ConsumerTask', 'movie-job-information', 'movie-jobs'),
  ),
  mistake(
    'a log is kept for ever',
    'what services log is kept for a while, and waits for nothing',
    set('services', 'Resources/LogGroup/Properties/RetentionInDays', undefined),
  ),
  mistake(
    'a service waits for its log',
    'what services log is kept for a while, and waits for nothing',
    set('services', `${CONTAINER}/LogConfiguration/Options/mode`, 'blocking'),
  ),
  mistake(
    'a permission more',
    'the policies of the roles are the files of docs/iam',
    replace('services', 'ConsumerRole', '"sqs:DeleteMessage"', '"sqs:DeleteMessage","sqs:PurgeQueue"'),
  ),
  mistake(
    'a permission less',
    'the policies of the roles are the files of docs/iam',
    replace('services', 'ConsumerRole', '"sqs:DeleteMessage",', ''),
  ),
  mistake(
    'a role that other services can have',
    'a role is for tasks, or for people, of this account',
    replace('services', 'ConsumerRole', 'ecs-tasks.amazonaws.com', 'ec2.amazonaws.com'),
  ),
  mistake(
    'a policy of AWS',
    'a role has no permission on everything, and no policy of AWS',
    set('services', 'Resources/ExecutionRole/Properties/ManagedPolicyArns', [
      'arn:aws:iam::aws:policy/AdministratorAccess',
    ]),
  ),
  mistake(
    'a task with the role of another one',
    'each task has its own role, and another one to be started with',
    replace('services', 'ProducerTask', '"ProducerRole","Arn"', '"ConsumerRole","Arn"'),
  ),
  mistake(
    'consumers do not know for how long jobs are kept',
    'services use the queues, table and bucket of the data stack',
    replace('services', 'ConsumerTask', '"HasRetention"', '"HasKey"'),
  ),
  mistake(
    'a key in the environment',
    'a task has no secret and no endpoint in its environment',
    replace('services', 'ConsumerTask', '"Name":"AWS_REGION"', '"Name":"AWS_SECRET_ACCESS_KEY"'),
  ),
  mistake(
    'a filter reads another log',
    'metric filters read the log of the services, and name fields that its lines have',
    replace('services', 'FatalLines', '{"Ref":"LogGroup"}', '"/movie-load"'),
  ),
];
