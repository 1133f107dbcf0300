// Rules of the tasks: sizes that Fargate accepts, settings that the services read, and hardening.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { awsEnvironment } from '@movie-load/aws';
import { z } from 'zod';
import { settingNames } from '../../../packages/service/src/settings.ts';
import { consumerEnvironment } from '../../../services/consumer/src/settings.ts';
import { producerSettings } from '../../../services/producer/src/settings.ts';
import { root } from '../../support/repository.ts';
import type { Deployment } from '../../support/template.ts';
import { composeServices } from '../../support/yaml-files.ts';
import { DEFINITIONS } from './data.ts';
import { ofType, type Rule, text, unless } from './rule.ts';

const containerSchema = z.looseObject({
  Name: z.string(),
  Image: z.string(),
  Essential: z.boolean(),
  EntryPoint: z.array(z.string()),
  Command: z.array(z.string()).default([]),
  Environment: z.array(z.object({ Name: z.string(), Value: z.string() })),
  User: z.string().optional(),
  Privileged: z.boolean().default(false),
  ReadonlyRootFilesystem: z.boolean().default(false),
  LinuxParameters: z
    .looseObject({
      Capabilities: z.object({ Add: z.array(z.string()).default([]), Drop: z.array(z.string()).default([]) }),
    })
    .optional(),
  StopTimeout: z.number().default(30),
  HealthCheck: z
    .object({
      Command: z.array(z.string()),
      Interval: z.number(),
      Timeout: z.number(),
      Retries: z.number(),
      StartPeriod: z.number().default(0),
    })
    .optional(),
  LogConfiguration: z.object({ LogDriver: z.string(), Options: z.record(z.string(), z.string()) }).optional(),
  PortMappings: z.array(z.json()).default([]),
});
const taskSchema = z.looseObject({
  Family: z.string(),
  Cpu: z.string(),
  Memory: z.string(),
  NetworkMode: z.string(),
  RequiresCompatibilities: z.array(z.string()),
  RuntimePlatform: z.object({ CpuArchitecture: z.string(), OperatingSystemFamily: z.string() }),
  TaskRoleArn: z.string(),
  ExecutionRoleArn: z.string(),
  ContainerDefinitions: z.array(containerSchema).length(1),
});
export type Container = z.infer<typeof containerSchema>;

export interface Task {
  readonly id: string;
  readonly task: z.infer<typeof taskSchema>;
  readonly container: Container;
  readonly environment: Readonly<Record<string, string>>;
}

export const tasksOf = (services: Deployment): Task[] =>
  ofType(services, 'AWS::ECS::TaskDefinition', taskSchema).flatMap(({ id, properties }) =>
    properties.ContainerDefinitions.map((container) => ({
      id,
      task: properties,
      container,
      environment: Object.fromEntries(container.Environment.map(({ Name, Value }) => [Name, Value])),
    })),
  );

const COMPOSE = composeServices();

const eachTask = (name: string, check: (task: Task, services: Deployment) => string[]): Rule => ({
  name,
  check: ({ services }) =>
    tasksOf(services).flatMap((task) => check(task, services).map((problem) => `${task.id}: ${problem}`)),
});

/**
 * By vCPU (1,024 is one): the MB that Fargate has with it.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
 */
const FARGATE_MB: Readonly<Record<string, readonly number[]>> = {
  256: [512, 1024, 2048],
  512: [1024, 2048, 3072, 4096],
  1024: [2, 3, 4, 5, 6, 7, 8].map((gigabytes) => gigabytes * 1024),
  2048: Array.from({ length: 13 }, (_, index) => (index + 4) * 1024),
};
const MAX_STOP_SECONDS = 120;
/** The consumer itself needs its drain and 1.5 s; the rest of the stop timeout is for the engine. */
const STOP_MARGIN_SECONDS = 5;

const fargate = eachTask('tasks have sizes and settings that Fargate accepts', ({ task }) => [
  ...unless(
    FARGATE_MB[task.Cpu]?.includes(Number(task.Memory)) === true,
    `no ${task.Cpu} CPU units with ${task.Memory} MB`,
  ),
  ...unless(isDeepStrictEqual(task.RequiresCompatibilities, ['FARGATE']), 'it is not for Fargate alone'),
  ...unless(task.NetworkMode === 'awsvpc', `the network mode is ${task.NetworkMode}`),
  ...unless(['ARM64', 'X86_64'].includes(task.RuntimePlatform.CpuArchitecture), 'the architecture is unknown'),
]);

const stopTimeouts = eachTask('a container ends within its stop timeout', ({ container, environment }) => {
  const { StopTimeout } = container;
  const drain = environment.DRAIN_SECONDS;
  const isShortEnough = drain === undefined || Number(drain) + STOP_MARGIN_SECONDS <= StopTimeout;
  return [
    ...unless(
      StopTimeout >= 1 && StopTimeout <= MAX_STOP_SECONDS,
      `StopTimeout is ${StopTimeout}; Fargate has 120 at most`,
    ),
    ...unless(
      isShortEnough,
      `DRAIN_SECONDS (${drain}) is not ${STOP_MARGIN_SECONDS} s under StopTimeout (${StopTimeout})`,
    ),
    ...unless(container.Name !== 'consumer' || drain !== undefined, 'DRAIN_SECONDS is not set'),
  ];
});

/** The smallest and the largest value of each setting of a health check in ECS; all but `Retries` in seconds. */
const LIMITS = { Interval: [5, 300], Timeout: [2, 60], Retries: [1, 10], StartPeriod: [0, 300] } as const;

const health = eachTask(
  'a service has a health check of /livez, within the limits of ECS',
  ({ container, environment }) => {
    const { HealthCheck } = container;
    const isService = environment.HTTP_PORT !== undefined;
    if (HealthCheck === undefined) return unless(!isService, 'it has no health check');
    const command = HealthCheck.Command.join(' ');
    const outOfRange = Object.entries(LIMITS).filter(([name, [min, max]]) => {
      const value = HealthCheck[name as keyof typeof LIMITS];
      return value < min || value > max;
    });
    return [
      ...outOfRange.map(([name, [min, max]]) => `HealthCheck.${name} is not from ${min} to ${max}`),
      ...unless(HealthCheck.Timeout < HealthCheck.Interval, 'a check may take longer than the time to the next one'),
      ...unless(HealthCheck.Command[0] === 'CMD', 'the check is not a command with arguments'),
      ...unless(/GET \/livez HTTP/.test(command), 'the check does not request /livez'),
      ...unless(
        isService && command.includes('127.0.0.1/$HTTP_PORT'),
        'the check does not request the port of HTTP_PORT',
      ),
    ];
  },
);

const hardened = eachTask('a container is not root, writes no file and has no capability', ({ container }) => {
  const { Add = [], Drop = [] } = container.LinuxParameters?.Capabilities ?? {};
  return [
    ...unless(/^[1-9]\d*(:[1-9]\d*)?$/.test(container.User ?? ''), `its user is ${container.User ?? 'the image’s'}`),
    ...unless(container.ReadonlyRootFilesystem, 'its root file system can be written'),
    ...unless(isDeepStrictEqual([Drop, Add], [['ALL'], []]), `it has capabilities: ${text([Drop, Add])}`),
    ...unless(!container.Privileged, 'it is privileged'),
    ...unless(container.Essential, 'it is not essential'),
    ...unless(container.PortMappings.length === 0, 'it publishes a port'),
  ];
});

/** The schema of the environment of a container. */
function schemaOf(container: string) {
  if (container === 'consumer') return consumerEnvironment;
  return container === 'watcher' ? awsEnvironment : producerSettings;
}

/** Names of services in docker-compose.yml that differ: the watcher runs the command line. */
const COMPOSE_NAMES: Readonly<Record<string, string>> = { watcher: 'movie-load' };

const settings = eachTask(
  'a service reads and accepts every variable that the template sets',
  ({ container, environment }) => {
    const { entrypoint = [], environment: composeEnvironment = {} } =
      COMPOSE[COMPOSE_NAMES[container.Name] ?? container.Name] ?? {};
    const program = container.EntryPoint.at(-1) ?? '';
    const schema = schemaOf(container.Name);
    // It sends no job without a number of movies, which this option sets.
    const requestedMovies = container.Name === 'producer' ? { '--movies': '10' } : {};
    const values = Object.fromEntries(
      Object.entries(environment)
        .filter(([name]) => name !== 'NODE_OPTIONS')
        .map(([name, value]) => [name, value.replace('ACCOUNT', '123456789012').replace('REGION', 'eu-west-1')]),
    );
    const parsed = schema.safeParse({ ...values, ...requestedMovies });
    const unknown = Object.keys(values).filter((name) => !settingNames(schema).includes(name));
    return [
      ...unless(isDeepStrictEqual(container.EntryPoint, entrypoint), `EntryPoint is not that of docker-compose.yml`),
      ...unless(existsSync(join(root, program)), `there is no program ${program}`),
      ...unless(
        environment.NODE_OPTIONS === composeEnvironment.NODE_OPTIONS,
        'NODE_OPTIONS is not that of docker-compose.yml',
      ),
      ...unknown.map((name) => `${name} is not a setting of the ${container.Name}`),
      ...(parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)),
    ];
  },
);

const noJobAtStart = eachTask('a task that starts sends no job unless it is told to', ({ container, environment }) => [
  ...unless(
    container.Name !== 'producer' || environment.MOVIES === '0',
    'MOVIES is not 0: each start would send a job',
  ),
]);

const names = eachTask('services use the queues, table and bucket of the data stack', (task, { parameters }) => {
  const { container, environment } = task;
  const expected: Record<string, string | undefined> = {
    MOVIE_LOAD_QUEUE: DEFINITIONS.queue.name,
    MOVIE_LOAD_DLQ: DEFINITIONS.dlq.name,
    MOVIE_LOAD_TABLE: DEFINITIONS.table.TableName,
    MOVIE_LOAD_BUCKET: DEFINITIONS.bucket.name,
    MOVIE_LOAD_BUCKET_OWNER: 'ACCOUNT',
    AWS_REGION: 'REGION',
    // Consumers and the bucket's rule use the same number of days.
    MOVIE_LOAD_RETENTION_DAYS: (container.Name === 'consumer' && parameters.RetentionDays) || undefined,
  };
  return Object.entries(expected)
    .filter(([name, value]) => environment[name] !== value)
    .map(([name, value]) => `${name} is ${environment[name]}, not ${value}`);
});

const SECRET = /SECRET|TOKEN|PASSWORD|ACCESS_KEY|ENDPOINT_URL/;

const noSecrets = eachTask('a task has no secret and no endpoint in its environment', ({ environment }) =>
  Object.keys(environment)
    .filter((name) => SECRET.test(name))
    .map((name) => `${name} is in the environment`),
);

const logGroupSchema = z.looseObject({ LogGroupName: z.string(), RetentionInDays: z.number().optional() });
/** The retention times of CloudWatch Logs up to a year: it refuses other numbers of days. */
const RETENTION_DAYS = new Set([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365]);

const logs: Rule = {
  name: 'logs of services have a retention time, and writing them does not block',
  check({ services }) {
    const groups = ofType(services, 'AWS::Logs::LogGroup', logGroupSchema);
    return [
      ...groups
        .filter(({ properties }) => !RETENTION_DAYS.has(properties.RetentionInDays ?? 0))
        .map(({ id, properties }) => `${id}: RetentionInDays is ${properties.RetentionInDays ?? 'for ever'}`),
      ...tasksOf(services).flatMap(({ id, container: { LogConfiguration: log, Name } }) => [
        ...unless(log?.LogDriver === 'awslogs', `${id}: it has no log driver`),
        ...unless(
          groups.some((group) => log?.Options['awslogs-group'] === services.refOf(group.id)),
          `${id}: its log group is not of this stack`,
        ),
        ...unless(
          log?.Options['awslogs-stream-prefix'] === Name,
          `${id}: Fargate needs the prefix of the log's streams`,
        ),
        ...unless(log?.Options.mode === 'non-blocking', `${id}: the service waits for its log`),
      ]),
    ];
  },
};

export const CONTAINER_RULES: readonly Rule[] = [
  fargate,
  stopTimeouts,
  health,
  hardened,
  settings,
  noJobAtStart,
  names,
  noSecrets,
  logs,
];
