// The compose file under test: a separate project for each test file, with ports that Docker chooses, removed by the
// test, or by a clean-up process when the process of the test is killed.
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { cleanUpAfterExit } from './clean-up.ts';
import { type DockerOptions, type DockerResult, docker, tryDocker } from './docker.ts';
import { buildImage, IMAGE } from './image.ts';

export interface Container {
  readonly id: string;
  readonly service: string;
  /** `running`, `exited`, `paused` … */
  readonly state: string;
  readonly health: string;
  readonly exitCode: number;
}

export interface Stack {
  readonly project: string;
  /** `docker compose …`, whatever its exit code is. */
  attempt(args: readonly string[], options?: DockerOptions): Promise<DockerResult>;
  /** `docker compose …`; throws with the containers' logs when it fails. */
  compose(...args: string[]): Promise<string>;
  /** `docker compose up --detach --wait …`. */
  up(...args: string[]): Promise<string>;
  /** Sets variables of the compose file for everything that follows. */
  set(env: Readonly<Record<string, string>>): void;
  /** Containers of a service, also those that have ended. */
  containers(service?: string): Promise<readonly Container[]>;
  /** Where a published port is on this machine, e.g. `http://127.0.0.1:49153`. */
  url(service: string, port: number): Promise<string>;
  logs(...services: string[]): Promise<string>;
  /** Runs a step; when it fails, the end of the containers' logs is in the error. */
  step<T>(body: () => Promise<T>): Promise<T>;
  down(): Promise<void>;
}

/**
 * Prepares a project under a new name; nothing runs yet.
 *
 * @example
 * const stack = await createStack('scaling', { MOVIES: '10' });
 * try { await stack.up('--scale', 'consumer=3'); } finally { await stack.down(); }
 */
export async function createStack(name: string, env: Readonly<Record<string, string>> = {}): Promise<Stack> {
  const project = `movie-load-test-${name}-${randomBytes(4).toString('hex')}`;
  await buildImage();
  let cancelCleanup: (() => void) | undefined;

  // Port 0 is any free port. That of the console must be known in advance, because the console accepts only requests
  // whose Host header has its published port.
  const environment: Record<string, string> = {
    MOVIE_LOAD_IMAGE: IMAGE,
    MOVIE_LOAD_PULL_POLICY: 'never',
    AWS_PORT: '0',
    PRODUCER_PORT: '0',
    CONSOLE_PORT: String(await freePort()),
    ...env,
  };
  const prefix = ['compose', '--project-name', project];

  const attempt: Stack['attempt'] = (args, options = {}) => {
    cancelCleanup ??= cleanUpAfterExit(project);
    return tryDocker([...prefix, ...args], { ...options, env: { ...environment, ...options.env } });
  };

  const logs: Stack['logs'] = async (...services) => {
    const { stdout } = await attempt(['logs', '--no-color', '--tail', '100000', ...services]);
    return stdout;
  };

  const run = async (args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await attempt(args);
    if (code === 0) return stdout;
    const output = `${stdout.slice(-4000)}\n${stderr.slice(-8000)}`;
    throw new Error(`docker compose ${args.join(' ')} ended with ${code}:\n${output}\n${await diagnose()}`);
  };

  const diagnose = async (): Promise<string> => {
    const states = (await containers()).map(
      (container) =>
        `${container.service} ${container.id.slice(0, 12)}: ${container.state} ${container.health} ${container.exitCode}`,
    );
    const { stdout } = await attempt(['logs', '--no-color', '--timestamps', '--tail', '60']);
    return `${states.join('\n')}\n${stdout.slice(-20_000)}`;
  };

  const containers: Stack['containers'] = (service) => containersOf(project, service);

  const step: Stack['step'] = async (body) => {
    try {
      return await body();
    } catch (cause) {
      const text = Error.isError(cause) ? cause.message : String(cause);
      throw new Error(`${text}\n\nThe project ${project}:\n${await diagnose()}`, { cause });
    }
  };

  return {
    project,
    attempt,
    compose: (...args) => run(args),
    up: (...args) => run(['up', '--detach', '--wait', '--no-build', ...args]),
    set: (more) => void Object.assign(environment, more),
    containers,
    url: async (service, port) => `http://${(await run(['port', service, String(port)])).trim()}`,
    logs,
    step,
    down: async () => {
      await run(['down', '--volumes', '--remove-orphans', '--timeout', '3']);
      cancelCleanup?.();
      cancelCleanup = undefined;
    },
  };
}

/** Containers of a project, also those that have ended; of one service, if it is named. */
async function containersOf(project: string, service?: string): Promise<readonly Container[]> {
  const filter = [
    '--filter',
    `label=com.docker.compose.project=${project}`,
    '--filter',
    'label=com.docker.compose.oneoff=False',
  ];
  const ids = (await docker(['ps', '--all', '--quiet', '--no-trunc', ...filter])).split('\n').filter(Boolean);
  if (ids.length === 0) return [];
  const { stdout } = await tryDocker(['inspect', ...ids]);
  const containers = (JSON.parse(stdout || '[]') as Inspected[]).map(containerOf);
  return containers.filter((container) => service === undefined || container.service === service);
}

/** The output of `docker inspect`, as far as tests read it. */
interface Inspected {
  readonly Id: string;
  readonly Config: { readonly Labels: Readonly<Record<string, string>> };
  readonly State: { readonly Status: string; readonly ExitCode: number; readonly Health?: { readonly Status: string } };
}

const containerOf = ({ Id, Config, State }: Inspected): Container => ({
  id: Id,
  service: Config.Labels['com.docker.compose.service'] ?? '',
  state: State.Status,
  health: State.Health?.Status ?? 'none',
  exitCode: State.ExitCode,
});

/** A port that is free now, below the range of outgoing connections. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + (randomBytes(2).readUInt16BE() % 10_000);
    const server = createServer();
    const { promise, resolve } = Promise.withResolvers<boolean>();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    if (await promise) return port;
  }
}
