// The task definitions of the services stack, run by `docker run` on LocalStack: with its endpoint and test credentials,
// and without log driver and role.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type AwsSettings, MAX_RECEIVE_MESSAGES, provision } from '@movie-load/aws';
import { CONSUMER_DEFAULTS } from '@movie-load/schema';
import { eventually } from '@movie-load/testing';
import { type Task, tasksOf } from '../infra/rules/containers.ts';
import { needs } from '../support/needs.ts';
import { deploy, readTemplate } from '../support/template.ts';
import { orderJob } from '../support/world.ts';
import { docker, tryDocker } from './support/docker.ts';
import { buildImage } from './support/image.ts';
import { countedMessages, EMPTY, generated, objectOf, queueOf, untilComplete, type View } from './support/jobs.ts';
import { type Localstack, startLocalstack } from './support/localstack.ts';

const PREFIX = `movie-load-task-${randomBytes(4).toString('hex')}`;

needs('docker')('the task definitions', () => {
  let localstack: Localstack;
  let view: View;
  let tasks: ReadonlyMap<string, Task>;

  beforeAll(async () => {
    const image = await buildImage();
    localstack = await startLocalstack();
    const deployment = deploy(readTemplate('services'), {
      Image: image,
      'AWS::Region': localstack.settings.region,
      'AWS::AccountId': '000000000000',
    });
    tasks = new Map(tasksOf(deployment).map((task) => [task.container.Name, task]));
    const settings: AwsSettings = {
      ...localstack.settings,
      bucket: taskOf('consumer').environment.MOVIE_LOAD_BUCKET ?? '',
    };
    view = { settings, clients: localstack.clients };
    await provision(localstack.clients, settings);
  });
  afterAll(async () => {
    const remaining = (await docker(['ps', '--all', '--quiet', '--filter', `name=${PREFIX}`]))
      .split('\n')
      .filter(Boolean);
    if (remaining.length > 0) await docker(['rm', '--force', '--volumes', ...remaining]);
    await localstack?.stop();
  });

  function taskOf(name: string): Task {
    const task = tasks.get(name);
    if (task === undefined) throw new Error(`no task definition has a container ${name}`);
    return task;
  }

  const start = (name: string, container: string, ...command: string[]) =>
    docker([
      'run',
      '--detach',
      '--name',
      `${PREFIX}-${container}`,
      ...runArguments(taskOf(name), localstack),
      ...command,
    ]);
  const inspect = async (container: string, format: string) =>
    (await docker(['inspect', '--format', format, `${PREFIX}-${container}`])).trim();
  const send = async (container: string, args: readonly string[]) => {
    await start('producer', container, ...args);
    expect((await docker(['wait', `${PREFIX}-${container}`])).trim()).toBe('0');
  };

  test('run a consumer that becomes healthy, and a producer whose job completes', async () => {
    await start('consumer', 'first');
    await eventually('it is healthy', async () => (await inspect('first', '{{.State.Health.Status}}')) === 'healthy');
    const job = orderJob({ movies: 2000, nonce: 'task-definition' });
    await send('sender', job.args);
    await untilComplete(view, job.jobId);
    expect(await objectOf(view, job.jobId)).toEqual(generated(job.plan));
  });

  test('run a consumer that SIGTERM ends before the stop timeout, after it has released what it received', async () => {
    const job = orderJob({ movies: 6000, nonce: 'stopped' });
    await send('second-sender', job.args);
    await eventually('some of it is stored', async () => (await countedMessages(view, job.jobId, job.plan)) > 100);
    await docker(['stop', '--time', String(taskOf('consumer').container.StopTimeout), `${PREFIX}-first`]);
    const { stdout, stderr } = await tryDocker(['logs', `${PREFIX}-first`]);
    expect(stdout + stderr).toContain('"msg":"drained"');
    // 137 would be the engine's SIGKILL.
    expect(await inspect('first', '{{.State.ExitCode}}')).toBe('0');
    const queued = await queueOf(view, view.settings.queue);
    // A receive that a busy LocalStack answers too late is aborted: its messages stay in flight until their timeout.
    expect(queued.inFlight).toBeLessThanOrEqual(CONSUMER_DEFAULTS.POLLERS * MAX_RECEIVE_MESSAGES);
    expect(queued.waiting).toBeGreaterThan(0);

    await start('consumer', 'second');
    await untilComplete(view, job.jobId);
    expect(await objectOf(view, job.jobId)).toEqual(generated(job.plan));
    await eventually('the queue is empty', async () => {
      const { waiting, inFlight } = await queueOf(view, view.settings.queue);
      return waiting + inFlight === 0;
    });
    expect(await queueOf(view, view.settings.dlq)).toEqual(EMPTY);
  });

  test('run a watcher that prints one line about stalled jobs, on a read-only root file system', async () => {
    const { code, stdout, stderr } = await tryDocker(['run', '--rm', ...runArguments(taskOf('watcher'), localstack)]);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toMatchObject([{ stalled: 0 }]);
  });

  test('run a producer that ends with a usage error without a number of movies', async () => {
    const { code, stderr } = await tryDocker(['run', '--rm', ...runArguments(taskOf('producer'), localstack)]);
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('how many movies') });
  });
});

/** The arguments of `docker run` for a task definition, without log driver and role: LocalStack needs no role. */
function runArguments({ task, container, environment }: Task, { containerEndpoint }: Localstack): string[] {
  const {
    EntryPoint: [program = '', ...args],
    Command: command,
    HealthCheck: check,
  } = container;
  const variables = {
    ...environment,
    AWS_ENDPOINT_URL: containerEndpoint,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
  const health =
    check === undefined
      ? []
      : [
          // Docker runs this option in a shell; the arguments are those of the template.
          ...['--health-cmd', check.Command.slice(1).map(shellQuoted).join(' ')],
          ...['--health-interval', `${check.Interval}s`, '--health-timeout', `${check.Timeout}s`],
          ...['--health-retries', String(check.Retries), '--health-start-period', `${check.StartPeriod}s`],
        ];
  return [
    ...Object.entries(variables).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
    ...['--user', container.User ?? '', ...(container.ReadonlyRootFilesystem ? ['--read-only'] : [])],
    ...(container.LinuxParameters?.Capabilities.Drop ?? []).flatMap((capability) => ['--cap-drop', capability]),
    ...['--cpus', String(Number(task.Cpu) / 1024), '--memory', `${task.Memory}m`],
    ...['--stop-timeout', String(container.StopTimeout), ...health],
    ...['--entrypoint', program, container.Image, ...args, ...command],
  ];
}

const shellQuoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;
