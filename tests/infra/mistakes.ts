// Mistakes that templates are made with. None is refused by CloudFormation before something is deployed, or by a linter
// reliably; each must be found by a rule.
import type { StackName } from '../support/template.ts';
import type { Templates } from './findings.ts';

export interface Mistake {
  readonly title: string;
  /** The rule that finds it. */
  readonly rule: string;
  /** Changes a copy of the templates. */
  make(templates: Templates): void;
}

const WHOLE = 'a template refers to what is there, uses what it declares, and explains its parameters';
const CONTAINER = 'Resources/ConsumerTask/Properties/ContainerDefinitions/0';

/** Sets what is at a path, whose parent must be there; undefined takes it away. */
const set =
  (stack: StackName, path: string, value: unknown) =>
  (templates: Templates): void => {
    const keys = path.split('/');
    const last = keys.pop() ?? '';
    let parent = templates[stack] as unknown as Record<string, unknown>;
    for (const key of keys) {
      const next = parent[key];
      if (typeof next !== 'object' || next === null) throw new Error(`${stack} has no ${path}`);
      parent = next as Record<string, unknown>;
    }
    if (value === undefined && !(last in parent)) throw new Error(`${stack} has no ${path}`);
    if (value !== undefined) parent[last] = value;
    else if (Array.isArray(parent)) parent.splice(Number(last), 1);
    else delete parent[last];
  };

/** Replaces a word in the text of a whole stack. */
const replace =
  (stack: StackName, resource: string, from: string, to: string) =>
  (templates: Templates): void => {
    const { Resources } = templates[stack];
    const before = JSON.stringify(Resources[resource]);
    const after = before.replace(from, to);
    if (after === before) throw new Error(`${resource} does not have ${from}`);
    Resources[resource] = JSON.parse(after);
  };

const mistake = (title: string, rule: string, make: Mistake['make']): Mistake => ({ title, rule, make });

/** The eight that no linter and no validator of AWS found, and seven that they did. */
const KNOWN: readonly Mistake[] = [
  mistake(
    'an alarm looks at the URL of a queue instead of its name',
    'alarms look at metrics that are published',
    replace(
      'services',
      'OldestMessage',
      '"Value":"movie-load.fifo"',
      '"Value":"https://sqs.eu-west-1.amazonaws.com/1/movie-load.fifo"',
    ),
  ),
  mistake(
    'StopTimeout is 300',
    'a container ends by itself before it is killed',
    set('services', `${CONTAINER}/StopTimeout`, 300),
  ),
  mistake(
    'a health check has 30 retries',
    'a service is asked whether it lives, within the limits of ECS',
    set('services', `${CONTAINER}/HealthCheck/Retries`, 30),
  ),
  mistake(
    'a throughput limit has no deduplication scope',
    'a FIFO queue is named so, and high throughput comes with its deduplication scope',
    set('data', 'Resources/Queue/Properties/DeduplicationScope', undefined),
  ),
  mistake(
    'two metrics of an alarm return data',
    'the expression of an alarm is one that CloudWatch takes',
    set('services', 'Resources/NoConsumerWorks/Properties/Metrics/0/ReturnData', true),
  ),
  mistake(
    'LaunchType is beside capacity providers',
    'one task is on demand, all others are on Spot',
    set('services', 'Resources/ConsumerService/Properties/LaunchType', 'FARGATE'),
  ),
  mistake(
    'the dashboard is not JSON',
    'the dashboard is JSON whose graphs have data',
    replace('services', 'Dashboard', '{\\"widgets\\":[', '{\\"widgets\\":[,'),
  ),
  mistake(
    'a bucket has no public access block',
    'the bucket is that of packages/aws, and private',
    set('data', 'Resources/Bucket/Properties/PublicAccessBlockConfiguration', undefined),
  ),
  mistake(
    'a reference leads nowhere',
    WHOLE,
    replace('services', 'ConsumerService', '"Ref":"Cluster"', '"Ref":"Clusters"'),
  ),
  mistake(
    'two resources wait for each other',
    WHOLE,
    set('data', 'Resources/DeadLetterQueue/Properties/RedriveAllowPolicy/sourceQueueArns/0', {
      'Fn::GetAtt': ['Queue', 'Arn'],
    }),
  ),
  mistake(
    'a FIFO queue has no .fifo in its name',
    'queues have the attributes of packages/aws',
    set('data', 'Resources/Queue/Properties/QueueName', 'movie-load'),
  ),
  mistake(
    'Fargate does not have this memory',
    'tasks are such that Fargate takes them',
    set('services', 'Resources/ConsumerTask/Properties/Memory', '1000'),
  ),
  mistake(
    'a log is kept for 45 days',
    'what services log is kept for a while, and waits for nothing',
    set('services', 'Resources/LogGroup/Properties/RetentionInDays', 45),
  ),
  mistake(
    'a key of the index is not defined',
    'the table is that of packages/aws, can be restored, and is protected from deletion',
    set('data', 'Resources/Table/Properties/AttributeDefinitions/2', undefined),
  ),
  mistake(
    'an alarm looks back for two days',
    'alarms evaluate what CloudWatch keeps',
    set('services', 'Resources/OldestMessage/Properties/EvaluationPeriods', 2880),
  ),
];

/** Of this project. */
const OWN: readonly Mistake[] = [
  mistake(
    'a number of tasks',
    'the template has no number of tasks',
    set('services', 'Resources/ConsumerService/Properties/DesiredCount', 1),
  ),
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
    'the world may come in',
    'nothing comes in',
    set('services', 'Resources/TaskSecurityGroup/Properties/SecurityGroupIngress', [
      { IpProtocol: 'tcp', FromPort: 9464, ToPort: 9464, CidrIp: '0.0.0.0/0' },
    ]),
  ),
  mistake(
    'everything may go out',
    'only HTTPS goes out',
    set('services', 'Resources/TaskSecurityGroup/Properties/SecurityGroupEgress', undefined),
  ),
  mistake(
    'tasks in public subnets have no address',
    'tasks reach SQS, ECR and CloudWatch Logs, and have a public address only where it is the way out',
    replace('services', 'ConsumerService', '"DISABLED","ENABLED"', '"DISABLED","DISABLED"'),
  ),
  mistake(
    'an endpoint lets no task in',
    'tasks reach SQS, ECR and CloudWatch Logs, and have a public address only where it is the way out',
    set('services', 'Resources/EndpointSecurityGroup/Properties/SecurityGroupIngress', undefined),
  ),
  mistake(
    'an interface endpoint is lacking',
    'tasks reach SQS, ECR and CloudWatch Logs, and have a public address only where it is the way out',
    set('services', 'Resources/SqsEndpoint', undefined),
  ),
  mistake(
    'private subnets pay for S3 at the NAT gateway',
    'S3 and DynamoDB are reached by gateway endpoints, which are free',
    replace(
      'services',
      'S3GatewayEndpoint',
      '[{"Ref":"PublicRoutes"},{"Ref":"PrivateRoutes"}]',
      '[{"Ref":"PublicRoutes"}]',
    ),
  ),
  mistake(
    'a NAT gateway that was not asked for',
    'nothing of the network is paid that was not asked for',
    set('services', 'Resources/NatAddress/Condition', 'MakesVpc'),
  ),
  mistake(
    'all tasks on Spot',
    'one task is on demand, all others are on Spot',
    set('services', 'Resources/ConsumerService/Properties/CapacityProviderStrategy/0/Base', 0),
  ),
  mistake(
    'a circuit breaker without rollback',
    'a release that does not work is undone',
    set(
      'services',
      'Resources/ConsumerService/Properties/DeploymentConfiguration/DeploymentCircuitBreaker/Rollback',
      false,
    ),
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
    'a role for every account',
    'a role is for tasks, or for people, of this account',
    replace(
      'data',
      'OperatorRole',
      `"AWS":{"Fn::Sub":"arn:\${AWS::Partition}:iam::\${AWS::AccountId}:root"}`,
      '"AWS":"*"',
    ),
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
    'an alarm on a metric of paid insights',
    'alarms look at metrics that are published',
    replace('services', 'OldestMessage', 'ApproximateAgeOfOldestMessage', 'RunningTaskCount'),
  ),
  mistake(
    'an alarm on a metric that nothing publishes',
    'alarms look at metrics that are published',
    set('services', 'Resources/FatalLines', undefined),
  ),
  mistake(
    'the composite forgets an alarm',
    'the composite has every alarm for people, and no other',
    replace('services', 'NeedsAttention', `ALARM(\\"\${DeadLetters}\\")`, 'FALSE'),
  ),
  mistake(
    'an alarm says nothing to do',
    'an alarm for people says what to type',
    set('services', 'Resources/DeadLetters/Properties/AlarmDescription', 'Dead letters'),
  ),
  mistake(
    'queues without encryption',
    'queues, table and bucket are encrypted, with the own key when there is one',
    set('data', 'Resources/DeadLetterQueue/Properties/SqsManagedSseEnabled', undefined),
  ),
  mistake(
    'the own key is not used for the table',
    'queues, table and bucket are encrypted, with the own key when there is one',
    set('data', 'Resources/Table/Properties/SSESpecification', undefined),
  ),
  mistake(
    'the bucket can be reached without TLS',
    'queues and bucket are reached by TLS only',
    replace('data', 'BucketPolicy', '"Effect":"Deny"', '"Effect":"Allow"'),
  ),
  mistake(
    'objects can be reached without TLS',
    'queues and bucket are reached by TLS only',
    set('data', 'Resources/BucketPolicy/Properties/PolicyDocument/Statement/0/Resource/1', undefined),
  ),
  mistake(
    'the table is deleted with its stack',
    'what has data outlives its stack',
    set('data', 'Resources/Table/DeletionPolicy', 'Delete'),
  ),
  mistake(
    'the bucket is deleted when it is renamed',
    'what has data outlives its stack',
    set('data', 'Resources/Bucket/UpdateReplacePolicy', undefined),
  ),
  mistake(
    'the table can be deleted',
    'the table is that of packages/aws, can be restored, and is protected from deletion',
    set('data', 'Resources/Table/Properties/DeletionProtectionEnabled', undefined),
  ),
  mistake(
    'dead letters after three receives',
    'dead letters go from the queue to the dead-letter queue, and to no other',
    set('data', 'Resources/Queue/Properties/RedrivePolicy/maxReceiveCount', 3),
  ),
  mistake(
    'messages live for four days',
    'queues have the attributes of packages/aws',
    set('data', 'Resources/DeadLetterQueue/Properties/MessageRetentionPeriod', 345_600),
  ),
  mistake(
    'uploads end while their job goes on',
    'the bucket is that of packages/aws, and private',
    set(
      'data',
      'Resources/Bucket/Properties/LifecycleConfiguration/Rules/0/AbortIncompleteMultipartUpload/DaysAfterInitiation',
      7,
    ),
  ),
  mistake(
    'steps with a gap',
    'the steps of a policy leave no gap and do not overlap',
    set('services', 'Resources/ScaleByWork/Properties/StepScalingPolicyConfiguration/StepAdjustments/1', undefined),
  ),
  mistake(
    'a policy that nothing sets off',
    'each policy is set off by an alarm',
    set('services', 'Resources/QueueIsEmpty/Properties/AlarmActions', undefined),
  ),
  mistake(
    'another service scales',
    'the service that scales is that of the stack, between its minimum and its maximum',
    replace('services', 'ConsumerScaling', `\${ConsumerService.Name}`, 'consumer'),
  ),
  mistake(
    'Container Insights',
    'the cluster has what the services use, and nothing that costs',
    replace('services', 'Cluster', '"disabled"', '"enabled"'),
  ),
  mistake(
    'objects are never removed',
    'the bucket is that of packages/aws, and private',
    set('data', 'Resources/Bucket/Properties/LifecycleConfiguration/Rules/1', undefined),
  ),
  mistake(
    'consumers do not know for how long jobs are kept',
    'services use the queues, table and bucket of the data stack',
    replace('services', 'ConsumerTask', '"HasRetention"', '"HasKey"'),
  ),
  mistake(
    'the first task cannot fetch its image',
    'a task starts when its way out is there',
    set('services', 'Resources/ConsumerService/Metadata', {}),
  ),
  mistake(
    'a bucket with the services',
    'what has data is in the data stack alone',
    set('services', 'Resources/Bucket', { Type: 'AWS::S3::Bucket', Properties: {}, DependsOn: [], Metadata: {} }),
  ),
  mistake(
    'a key in the environment',
    'a task has no secret and no endpoint in its environment',
    replace('services', 'ConsumerTask', '"Name":"AWS_REGION"', '"Name":"AWS_SECRET_ACCESS_KEY"'),
  ),
  mistake(
    'people are let into containers',
    'no service can be reached from outside',
    set('services', 'Resources/ConsumerService/Properties/EnableExecuteCommand', true),
  ),
  mistake(
    'the topic hears nothing',
    'the composite tells the topic, when there is one',
    set('services', 'Resources/NeedsAttention/Properties/AlarmActions', undefined),
  ),
  mistake(
    'a filter reads another log',
    'metric filters read the log of the services, and name fields that its lines have',
    replace('services', 'FatalLines', '{"Ref":"LogGroup"}', '"/movie-load"'),
  ),
];

export const MISTAKES: readonly Mistake[] = [...KNOWN, ...OWN];
