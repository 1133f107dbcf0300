// The ECS task definitions: the containers of docker-compose.yml, within Fargate's limits.
import { FARGATE_TASK, type ResourceDefinitions } from '@movie-load/aws';
import { Aws, CfnParameter, Fn, type IResolvable, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { CfnTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { CfnRole } from 'aws-cdk-lib/aws-iam';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import type { OptionalParameter } from './parameters.ts';
import { ACCOUNT, PARTITION, policyDocument, REGION, substitute } from './placeholders.ts';
import { addRole, type RoleOptions, serviceTrust } from './roles.ts';

/** The seconds from SIGTERM to SIGKILL; Fargate's maximum is 120. */
const STOP_TIMEOUT_SECONDS = 60;
/** Shorter than the stop timeout: after its drain a consumer still closes connections and writes its last report. */
const DRAIN_SECONDS = 50;
const HTTP_PORT = 9464;
const LOG_DAYS = 30;

/** Fargate's smallest size, for a command that runs for some seconds. */
const SMALLEST_TASK = { vcpus: 0.25, gigabytes: 0.5 } as const;

export interface Tasks {
  readonly consumer: CfnTaskDefinition;
  readonly producer: CfnTaskDefinition;
  /** Looks for stalled jobs, prints their number, and ends. */
  readonly watcher: CfnTaskDefinition;
  readonly watcherRole: CfnRole;
  readonly executionRole: CfnRole;
  /** The log of all tasks. */
  readonly logGroup: CfnLogGroup;
}

export interface TasksOptions extends RoleOptions {
  /** The parameter RetentionDays. */
  readonly retention: OptionalParameter;
}

export function addTasks(stack: Stack, options: TasksOptions): Tasks {
  const image = new CfnParameter(stack, 'Image', {
    type: 'String',
    description:
      'The image that the Dockerfile builds, preferably by its digest: <account>.dkr.ecr.<region>.amazonaws.com/movie-load@sha256:…',
    allowedPattern: '.+',
  });
  const architecture = new CfnParameter(stack, 'Architecture', {
    type: 'String',
    default: 'ARM64',
    allowedValues: ['ARM64', 'X86_64'],
    description: 'The CPU architecture that the image was built for. ARM64 costs a fifth less.',
  });
  const logGroup = new CfnLogGroup(stack, 'LogGroup', {
    logGroupName: '/movie-load/services',
    retentionInDays: LOG_DAYS,
  });
  logGroup.applyRemovalPolicy(RemovalPolicy.DESTROY);
  const common: CommonSettings = {
    image: image.valueAsString,
    architecture: architecture.valueAsString,
    logGroup,
    executionRole: addExecutionRole(stack, logGroup),
    environment: environmentOf(options.definitions),
  };
  const consumer = addTask(stack, common, {
    name: 'consumer',
    role: addRole(stack, 'consumer', options),
    // The same heap limits as in docker-compose.yml.
    entryPoint: [
      'node',
      '--max-old-space-size=80',
      '--max-semi-space-size=4',
      '--heap-growing-percent=70',
      'services/consumer/src/main.ts',
    ],
    environment: { HTTP_PORT: String(HTTP_PORT), DRAIN_SECONDS: String(DRAIN_SECONDS) },
    conditionalEnvironment: [
      options.retention.ifGiven({ Name: 'MOVIE_LOAD_RETENTION_DAYS', Value: options.retention.value }),
    ],
    isService: true,
  });
  const producer = addTask(stack, common, {
    name: 'producer',
    role: addRole(stack, 'producer', options),
    entryPoint: ['node', 'services/producer/src/main.ts'],
    // The caller gives the number of movies with `run-task`. A number here would make every started task send a job.
    environment: { MOVIES: '0', NODE_OPTIONS: '--max-old-space-size=56 --max-semi-space-size=2' },
    isService: false,
  });
  const watcherRole = addRole(stack, 'watcher', options);
  const watcher = addTask(stack, common, {
    name: 'watcher',
    role: watcherRole,
    entryPoint: ['node', 'packages/cli/src/main.ts'],
    // Prints one line of JSON, which a metric filter reads. The limit keeps it short, because the log driver splits a
    // long line into several events.
    command: ['jobs', '--stalled', '--limit', '1', '--json', '--aws'],
    environment: {},
    size: SMALLEST_TASK,
    isService: false,
  });
  return { consumer, producer, watcher, watcherRole, executionRole: common.executionRole, logGroup };
}

/** What all task definitions share. */
interface CommonSettings {
  readonly image: string;
  readonly architecture: string;
  readonly logGroup: CfnLogGroup;
  readonly executionRole: CfnRole;
  readonly environment: Readonly<Record<string, string>>;
}

interface TaskOptions {
  readonly name: 'consumer' | 'producer' | 'watcher';
  readonly role: CfnRole;
  readonly entryPoint: string[];
  readonly command?: string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Environment variables that exist only if a condition of the stack is true. */
  readonly conditionalEnvironment?: readonly IResolvable[];
  /** Default: FARGATE_TASK, the size of a consumer. */
  readonly size?: { readonly vcpus: number; readonly gigabytes: number };
  /** True if it runs until a signal ends it, and answers health checks. */
  readonly isService: boolean;
}

function addTask(stack: Stack, common: CommonSettings, task: TaskOptions): CfnTaskDefinition {
  const { name, role, entryPoint, command, size = FARGATE_TASK, isService } = task;
  const environment = { ...common.environment, ...task.environment };
  return new CfnTaskDefinition(stack, `${name.charAt(0).toUpperCase()}${name.slice(1)}Task`, {
    family: `movie-load-${name}`,
    requiresCompatibilities: ['FARGATE'],
    networkMode: 'awsvpc',
    runtimePlatform: { operatingSystemFamily: 'LINUX', cpuArchitecture: common.architecture },
    cpu: String(size.vcpus * 1024),
    memory: String(size.gigabytes * 1024),
    taskRoleArn: role.attrArn,
    executionRoleArn: common.executionRole.attrArn,
    containerDefinitions: [
      {
        name,
        image: common.image,
        essential: true,
        entryPoint,
        ...(command === undefined ? {} : { command }),
        environment: [
          ...Object.entries(environment).map(([key, value]) => ({ name: key, value })),
          ...(task.conditionalEnvironment ?? []),
        ],
        user: '1000:1000',
        readonlyRootFilesystem: true,
        linuxParameters: { capabilities: { drop: ['ALL'] } },
        stopTimeout: STOP_TIMEOUT_SECONDS,
        ...(isService ? { healthCheck: healthCheck() } : {}),
        logConfiguration: {
          logDriver: 'awslogs',
          options: {
            'awslogs-group': common.logGroup.ref,
            'awslogs-region': Aws.REGION,
            'awslogs-stream-prefix': name,
            // Otherwise a service would block while CloudWatch Logs does not answer.
            mode: 'non-blocking',
            'max-buffer-size': '4m',
          },
        },
      },
    ],
  });
}

/** ECS replaces a task whose check fails. So the check asks for liveness, which depends on no other service. */
function healthCheck(): CfnTaskDefinition.HealthCheckProperty {
  const request = String.raw`GET /livez HTTP/1.0\r\nHost: localhost:'$HTTP_PORT'\r\n\r\n`;
  return {
    command: [
      'CMD',
      'bash',
      '-c',
      `exec 3<>/dev/tcp/127.0.0.1/$HTTP_PORT && printf '${request}' >&3 && read -r _ status _ <&3 && [[ $status = 200 ]]`,
    ],
    interval: 10,
    timeout: 5,
    retries: 6,
    startPeriod: 60,
  };
}

function environmentOf({ queue, dlq, table, bucket }: ResourceDefinitions): Readonly<Record<string, string>> {
  return {
    AWS_REGION: Aws.REGION,
    MOVIE_LOAD_QUEUE: queue.name,
    MOVIE_LOAD_DLQ: dlq.name,
    MOVIE_LOAD_TABLE: table.TableName,
    MOVIE_LOAD_BUCKET: substitute(bucket.name),
    MOVIE_LOAD_BUCKET_OWNER: Aws.ACCOUNT_ID,
  };
}

/** The task execution role, with which ECS fetches the image and writes the log. */
function addExecutionRole(stack: Stack, logGroup: CfnLogGroup): CfnRole {
  const repository = new CfnParameter(stack, 'Repository', {
    type: 'String',
    default: 'movie-load',
    description: 'The ECR repository of Image, in this account and region.',
  });
  return new CfnRole(stack, 'ExecutionRole', {
    description: 'movie-load: fetches the image and writes the log',
    assumeRolePolicyDocument: serviceTrust('ecs-tasks'),
    policies: [
      {
        policyName: 'execution',
        policyDocument: policyDocument(
          {
            Sid: 'WriteTheLog',
            Effect: 'Allow',
            Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
            Resource: Fn.sub(`arn:${PARTITION}:logs:${REGION}:${ACCOUNT}:log-group:\${${logGroup.logicalId}}:*`),
          },
          {
            Sid: 'FetchTheImage',
            Effect: 'Allow',
            Action: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
            Resource: Fn.sub(`arn:${PARTITION}:ecr:${REGION}:${ACCOUNT}:repository/\${${repository.logicalId}}`),
          },
          // IAM does not support a resource for this action:
          // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html
          { Sid: 'LogInToEcr', Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
        ),
      },
    ],
  });
}
