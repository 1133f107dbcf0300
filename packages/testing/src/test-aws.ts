// An embedded AWS for one test, on a free TCP port: its resources are provisioned, and the test can inject faults.
import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import {
  type AwsClients,
  type AwsSettings,
  awsSettingsFrom,
  type ClientOptions,
  createClients,
  EMULATOR_ENVIRONMENT,
  type OpenQueue,
  openObjects,
  openQueue,
  openTable,
  provision,
  resilientObjects,
  toolPolicy,
} from '@movie-load/aws';
import { type Faults, type LocalAwsOptions, startLocalAws } from '@movie-load/local-aws';

export interface TestAws extends AsyncDisposable {
  readonly endpoint: string;
  readonly settings: AwsSettings;
  readonly clients: AwsClients;
  /** The ports of `@movie-load/aws` for the four resources, without a policy. */
  readonly queue: OpenQueue;
  readonly dlq: OpenQueue;
  readonly table: ReturnType<typeof openTable>;
  readonly objects: ReturnType<typeof openObjects>;
  /** The environment for child processes: this endpoint and static credentials. */
  readonly env: Readonly<Record<string, string>>;
  /** Requests that reached the endpoint, by operation. */
  readonly requests: ReadonlyMap<string, number>;
  /** Faults that the endpoint injects; may be changed at any time. */
  faults: Faults;
  /** The bytes of an object of the bucket; undefined when it does not exist. */
  object(key: string): Promise<Buffer | undefined>;
  deleteObject(key: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * For the clients of a test that runs whole processes and looks at the result: they repeat a failed call. While the
 * test's own process is busy, for example with the expected bytes of a large job, the endpoint may close an idle
 * connection, and the client may then use it.
 */
export const REPEATED_CALLS: ClientOptions = { maxAttempts: 4 };

export interface TestAwsOptions extends LocalAwsOptions {
  /** Default: the clients try each call once, so that a test sees each injected fault. */
  readonly clientOptions?: ClientOptions;
}

/** @example await using aws = await startTestAws(); */
export async function startTestAws(testOptions: TestAwsOptions = {}): Promise<TestAws> {
  const { faults = {}, clientOptions = {}, ...options } = testOptions;
  const current = { faults };
  const requests = new Map<string, number>();
  const aws = await startLocalAws({
    ...options,
    faults: {
      delayMs: (operation) => {
        requests.set(operation, (requests.get(operation) ?? 0) + 1);
        return current.faults.delayMs?.(operation) ?? 0;
      },
      before: (operation) => current.faults.before?.(operation),
      after: (operation) => current.faults.after?.(operation),
      entries: (operation) => current.faults.entries?.(operation),
    },
  });
  const env = { ...EMULATOR_ENVIRONMENT, AWS_ENDPOINT_URL: aws.endpoint };
  const settings = awsSettingsFrom(env);
  const clients = createClients(settings, { ...clientOptions, env });
  await provision(clients, settings);
  const objects = openObjects(clients, settings.bucket);
  // For `object()`: injected faults also fail its reads, which are therefore retried.
  const retryingObjects = resilientObjects(objects, toolPolicy());
  const close = async () => {
    clients.destroy();
    await aws.close();
  };
  return {
    endpoint: aws.endpoint,
    settings,
    clients,
    queue: await openQueue(clients, settings.queue),
    dlq: await openQueue(clients, settings.dlq),
    table: openTable(clients, settings.table),
    objects,
    env,
    requests,
    get faults() {
      return current.faults;
    },
    set faults(faults) {
      current.faults = faults;
    },
    object: async (key) => {
      const stored = await retryingObjects.get(key);
      return stored === undefined ? undefined : bytesOf(stored.body);
    },
    deleteObject: async (key) => {
      await clients.s3.send(new DeleteObjectCommand({ Bucket: settings.bucket, Key: key }));
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function bytesOf(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}
