// LocalStack by testcontainers: image and settings are read from the compose file, so that they are defined once.
import { join } from 'node:path';
import { type AwsClients, type AwsSettings, awsSettingsFrom, createClients } from '@movie-load/aws';
import { REPEATED_CALLS } from '@movie-load/testing';
import { LocalstackContainer } from '@testcontainers/localstack';
import { Wait } from 'testcontainers';
import { z } from 'zod';
import { root } from '../../support/repository.ts';
import { docker } from './docker.ts';

const composeConfig = z.object({
  services: z.object({
    localstack: z.object({
      image: z.string(),
      environment: z.record(z.string(), z.string()),
      healthcheck: z.object({ test: z.tuple([z.literal('CMD-SHELL'), z.string()]) }),
    }),
  }),
});

/** The compose file's service `localstack`. */
async function readComposeService() {
  const text = await docker(['compose', '--project-name', 'movie-load', 'config', '--format', 'json']);
  return composeConfig.parse(JSON.parse(text)).services.localstack;
}

export interface Localstack {
  readonly endpoint: string;
  /** The default names at this endpoint. */
  readonly settings: AwsSettings;
  readonly clients: AwsClients;
  /** The environment of a service. */
  readonly env: Readonly<Record<string, string>>;
  /** The address in Docker's network, for other containers. */
  readonly containerEndpoint: string;
  /** Runs the compose file's health check inside; its exit code. */
  healthCheck(): Promise<number>;
  stop(): Promise<void>;
}

export interface LocalstackOptions {
  /** The folder whose scripts LocalStack runs when it is ready; `INIT` is the project's. */
  readonly init?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export const INIT = join(root, 'localstack-init/ready.d');

const EDGE_PORT = 4566;
const STARTUP_TIMEOUT_MS = 600_000;

/** Starts LocalStack; it ends with `stop`, or with the test's process. */
export async function startLocalstack({ init, env = {} }: LocalstackOptions = {}): Promise<Localstack> {
  const { image, environment, healthcheck } = await readComposeService();
  const container = new LocalstackContainer(image)
    .withEnvironment({ ...environment, ...env })
    .withStartupTimeout(STARTUP_TIMEOUT_MS)
    .withWaitStrategy(Wait.forLogMessage(/^Ready\./));
  if (init !== undefined) {
    container.withBindMounts([{ source: init, target: '/etc/localstack/init/ready.d', mode: 'ro' }]);
  }
  const started = await container.start();
  const endpoint = started.getConnectionUri();
  const serviceEnv = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
  const settings = awsSettingsFrom(serviceEnv);
  // No credentials: the clients then use test credentials, not those of the machine.
  const clients = createClients(settings, { ...REPEATED_CALLS, env: {} });
  const [network = ''] = started.getNetworkNames();
  return {
    endpoint,
    containerEndpoint: `http://${started.getIpAddress(network)}:${EDGE_PORT}`,
    settings,
    clients,
    env: serviceEnv,
    healthCheck: async () => {
      // Compose files write a dollar sign twice; the engine runs it with one.
      const { exitCode } = await started.exec(['/bin/sh', '-c', healthcheck.test[1].replaceAll('$$', '$')]);
      return exitCode;
    },
    stop: async () => {
      clients.destroy();
      await started.stop({ timeout: 0 });
    },
  };
}
