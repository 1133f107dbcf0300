// The embedded AWS: SQS, DynamoDB and S3 behind one HTTP server on one port.

import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import dynalite from 'dynalite';
import { buildApp } from 'fauxqs';
import type { Fault, Faults, OperationName } from './faults.ts';
import { answerFault, type Service } from './http/aws-errors.ts';
import { readBody } from './http/body.ts';
import { loseAnswer } from './http/lose-answer.ts';
import { s3Operation, targetOperation } from './http/operation-name.ts';
import { withS3Extras } from './http/s3-extras.ts';
import { jsonReply, parseJson } from './http/sqs-json.ts';
import { serveSqs } from './http/sqs-service.ts';
import { LongPolls } from './sqs/long-polls.ts';

export interface LocalAwsOptions {
  /** 0 (the default) takes any free port. */
  readonly port?: number;
  /** Where to listen; 127.0.0.1 unless something else is asked for. */
  readonly host?: string;
  /** SQS' time in milliseconds since the epoch; the system's unless given. */
  readonly clock?: { now(): number };
  readonly region?: string;
  readonly faults?: Faults;
}

export interface LocalAws {
  /** What goes into `AWS_ENDPOINT_URL`. */
  readonly endpoint: string;
  readonly port: number;
  /** Ends waiting polls and all connections; everything stored is gone. */
  close(): Promise<void>;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;
interface Route {
  readonly service: Service;
  readonly operation: OperationName;
  readonly handle: Handler;
}

/** How long `close()` waits for answers that are on their way. */
const CLOSE_GRACE_MS = 500;

/**
 * Starts SQS, DynamoDB and S3 in memory.
 *
 *     const aws = await startLocalAws();
 *     const sqs = new SQSClient({ endpoint: aws.endpoint, … });
 *     await aws.close();
 *
 * @throws when the port is taken (`EADDRINUSE`)
 */
export async function startLocalAws(options: LocalAwsOptions = {}): Promise<LocalAws> {
  const polls = new LongPolls({ clock: options.clock ?? Date, ...(options.region && { region: options.region }) });
  const dynamodb = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  const s3 = buildApp({ logger: false });
  await s3.ready();

  const s3Handler = withS3Extras(s3);
  const sqsHandler =
    (operation: string): Handler =>
    (request, response) =>
      readBody(request, (body) => {
        serveSqs(polls, operation, () => parseJson(body), { request, response }, jsonReply(response));
      });

  function route(request: IncomingMessage): Route {
    const target = request.headers['x-amz-target'];
    if (typeof target === 'string') {
      const name = targetOperation(target);
      if (target.startsWith('AmazonSQS.')) {
        return { service: 'sqs', operation: `sqs:${name}`, handle: sqsHandler(name) };
      }
      return {
        service: 'dynamodb',
        operation: `dynamodb:${name}`,
        handle: (req, res) => void dynamodb.emit('request', req, res),
      };
    }
    return { service: 's3', operation: s3Operation(request), handle: s3Handler };
  }

  const server = http.createServer((request, response) => {
    const found = route(request);
    if (options.faults === undefined) found.handle(request, response);
    else withFaults(options.faults, found, request, response);
  });
  // Node's default of 5 s meets clients that just take an idle connection; AWS keeps them longer as well.
  server.keepAliveTimeout = 60_000;
  const host = options.host ?? '127.0.0.1';
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, host, resolve);
  });
  const { port } = server.address() as AddressInfo;

  return {
    endpoint: `http://127.0.0.1:${port}`,
    port,
    async close() {
      polls.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const grace = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
      await closed;
      clearTimeout(grace);
      await s3.close();
    },
  };
}

function withFaults(faults: Faults, route: Route, request: IncomingMessage, response: ServerResponse): void {
  const { operation, service } = route;
  const fail = (fault: Fault): void => answerFault(response, service, fault);
  const run = (): void => {
    const before = faults.before?.(operation);
    if (before !== undefined) {
      request.resume();
      fail(before);
      return;
    }
    const after = faults.after?.(operation);
    if (after !== undefined) loseAnswer(response, () => fail(after));
    route.handle(request, response);
  };
  const delayMs = faults.delayMs?.(operation) ?? 0;
  if (delayMs > 0) setTimeout(run, delayMs);
  else run();
}
