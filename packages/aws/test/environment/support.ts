// A user's environment for a test: variables, profile files, and the requests that clients send in it.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { GetQueueUrlCommand } from '@aws-sdk/client-sqs';
import { afterEach, test } from '@jest/globals';
import { listenLocally } from '@movie-load/testing';
import type { HttpRequest } from '@smithy/types';
import { type AwsClients, createClients, loadAwsSettings } from '../../src/index.ts';

/** A test of one row of docs/aws-environment.md; `name` is the row's first cell. */
export const row = (name: string, work: () => Promise<void>): void => void test(name, work);

export interface User {
  readonly env?: Readonly<Record<string, string>>;
  /** `~/.aws/config` */
  readonly config?: string;
  /** `~/.aws/credentials` */
  readonly credentials?: string;
  /** Other files below the home folder. */
  readonly files?: Readonly<Record<string, string>>;
}

export const KEYS = { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret/key' } as const;
export const EMULATOR_URL = 'http://127.0.0.1:4566';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** This process has that user's environment until the test ends. Returns the user's home folder. */
export function useEnvironmentOf({ env = {}, config, credentials, files = {} }: User): string {
  const before = { ...process.env };
  const home = mkdtempSync(join(tmpdir(), 'movie-load-user-'));
  const written = {
    ...files,
    ...(config && { '.aws/config': config }),
    ...(credentials && { '.aws/credentials': credentials }),
  };
  for (const [name, text] of Object.entries(written)) {
    mkdirSync(dirname(join(home, name)), { recursive: true });
    writeFileSync(join(home, name), text);
  }
  for (const name of Object.keys(process.env)) if (/^_?AWS_|_PROXY$|^MOVIE_LOAD_/i.test(name)) delete process.env[name];
  // Without it every search for credentials and for a region would call the metadata service of this machine.
  Object.assign(process.env, { HOME: home, AWS_EC2_METADATA_DISABLED: 'true' }, env);
  cleanUps.push(() => {
    for (const name of Object.keys(process.env)) delete process.env[name];
    Object.assign(process.env, before);
    rmSync(home, { recursive: true, force: true });
  });
  return home;
}

export type CalledService = 'sqs' | 'dynamodb' | 's3';

export interface SignedRequest {
  readonly host: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The access key id that signed it. */
  readonly signedBy: string | undefined;
  /** The region that it was signed for. */
  readonly signedFor: string | undefined;
}

/** The signed request that a call would send; it is not sent. */
export async function requestOf(service: CalledService): Promise<SignedRequest> {
  const clients = await clientsOf();
  let signed: HttpRequest | undefined;
  const notSent = new Error('not sent');
  stackOf(clients, service).add(
    () =>
      async ({ request }) => {
        signed = request as HttpRequest;
        throw notSent;
      },
    { step: 'deserialize', priority: 'low', name: 'seen' },
  );
  try {
    await call(clients, service);
  } catch (error) {
    if (error !== notSent) throw error;
  }
  if (signed === undefined) throw new Error('nothing was to be sent');
  const { authorization = '' } = signed.headers;
  const [, signedBy, signedFor] = /Credential=([^/]+)\/\d+\/([^/]+)\//.exec(authorization) ?? [];
  const port = signed.port === undefined ? '' : `:${signed.port}`;
  return { host: `${signed.hostname}${port}`, path: signed.path, headers: signed.headers, signedBy, signedFor };
}

/** The common part of all clients' middleware stacks; the SDK's types name each service's own inputs. */
interface AnyStack {
  add(middleware: () => (call: { readonly request: unknown }) => Promise<never>, options: object): void;
}
const stackOf = (clients: AwsClients, service: CalledService) =>
  clients[service].middlewareStack as unknown as AnyStack;

/** The user's clients. */
export async function clientsOf(): Promise<AwsClients> {
  const clients = createClients(await loadAwsSettings(process.env));
  cleanUps.push(() => clients.destroy());
  return clients;
}

/** Makes a real call. */
export function call(clients: AwsClients, service: CalledService): Promise<unknown> {
  if (service === 'sqs') return clients.sqs.send(new GetQueueUrlCommand({ QueueName: 'q.fifo' }));
  if (service === 's3')
    return clients.s3.send(new PutObjectCommand({ Bucket: 'movie-bucket', Key: 'a', Body: 'text' }));
  return clients.dynamodb.send(new GetItemCommand({ TableName: 'table', Key: { job_id: { S: 'a' } } }));
}

/** An HTTP server on 127.0.0.1 until the test ends. */
export async function serve(
  answer: http.RequestListener,
  options: http.ServerOptions = {},
): Promise<{ url: string; requests: http.IncomingMessage[] }> {
  const requests: http.IncomingMessage[] = [];
  const server = http.createServer(options, (request, response) => {
    requests.push(request);
    answer(request, response);
  });
  return { url: await listen(server), requests };
}

/** A proxy that refuses all connections and records their destinations, e.g. `sqs.eu-west-1.amazonaws.com:443`. */
export async function startProxy(): Promise<{ url: string; destinations: string[] }> {
  const destinations: string[] = [];
  const server = http.createServer((request, response) => {
    destinations.push(request.url ?? '');
    response.writeHead(502).end();
  });
  server.on('connect', ({ url = '' }: http.IncomingMessage, socket) => {
    destinations.push(url);
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  return { url: await listen(server), destinations };
}

async function listen(server: http.Server): Promise<string> {
  const { url } = await listenLocally(server);
  cleanUps.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return url;
}

export const json = (response: http.ServerResponse, body: unknown): void =>
  void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
