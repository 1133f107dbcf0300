// The embedded AWS: SQS, DynamoDB and S3 behind one HTTP server on one port.

import { DynamoDbEngine } from './dynamodb/engine.ts';
import type { Faults } from './faults.ts';
import { createDeveloperService } from './http/developer-endpoints.ts';
import { createDynamoDbService } from './http/dynamodb-service.ts';
import { createErrorLog } from './http/error-log.ts';
import { createLabService } from './http/lab-service.ts';
import { createQueryService } from './http/query-service.ts';
import { BodyTimeouts } from './http/read-body.ts';
import { createRequestListener, type RequestListener } from './http/request-listener.ts';
import { serviceNameOf } from './http/router.ts';
import { createS3Service } from './http/s3-service.ts';
import { createServer, listen } from './http/server.ts';
import { createSqsJsonService } from './http/sqs-json.ts';
import { unknownService } from './http/unknown-service.ts';
import { refusalOf, sendRefusal } from './http/web-pages.ts';
import { LAB_PATH, type Lab } from './lab/lab.ts';
import { S3Engine } from './s3/engine.ts';
import { LongPolls } from './sqs/long-polls.ts';
import type { Queue } from './sqs/queue.ts';
import type { MessageEvent } from './sqs/queue-hooks.ts';

export interface LocalAwsOptions {
  /** 0 (the default) selects any free port. */
  readonly port?: number;
  /** The address to listen on; 127.0.0.1 unless given. */
  readonly host?: string;
  /** The time of the services in milliseconds since the epoch; the system's unless given. */
  readonly clock?: { now(): number };
  /** us-east-1 unless given. */
  readonly region?: string;
  /** The minimum size of each part of an upload except the last; 5 MiB, as on AWS, unless given. */
  readonly minPartBytes?: number;
  /** Injected faults, instead of the rules of a lab. */
  readonly faults?: Faults;
  /**
   * Faults on demand, a clock that can be moved and a history of messages, for clients that have its token. The lab has
   * its own clock.
   */
  readonly lab?: Lab;
  /** Called for each SQS message that a receiver deletes; both in milliseconds since the epoch. */
  readonly onDeleted?: (message: { readonly sentOn: number }, now: number) => void;
  /** Writes a line about an internal failure: the first, tenth, hundredth … of its kind; stderr unless given. */
  readonly writeLog?: (line: string) => void;
  /** How long a request may send no byte before its body is complete; 20 s unless given. */
  readonly bodyIdleMs?: number;
}

export interface LocalAws {
  /** The value for `AWS_ENDPOINT_URL`. */
  readonly endpoint: string;
  readonly port: number;
  /** The number of receives that are waiting for messages. */
  readonly waitingPolls: number;
  /** Ends waiting polls and all connections, and discards all data. */
  close(): Promise<void>;
}

/** How long `close()` waits for answers that are being sent. */
const CLOSE_GRACE_MS = 500;
/** S3's own limit for the next byte. */
const BODY_IDLE_MS = 20_000;

const LOOPBACK_HOSTS = ['127.0.0.1', '::1', 'localhost'];

/** The host of the endpoint's URL, for an address to listen on; `0.0.0.0` includes 127.0.0.1. */
const URL_HOSTS: Readonly<Record<string, string>> = { '::1': '[::1]', localhost: 'localhost' };

/**
 * Starts SQS, DynamoDB and S3 in memory.
 *
 *     const aws = await startLocalAws();
 *     const sqs = new SQSClient({ endpoint: aws.endpoint, … });
 *     await aws.close();
 *
 * @throws when the port is taken (`EADDRINUSE`), or when other machines could reach a lab
 */
export async function startLocalAws(options: LocalAwsOptions = {}): Promise<LocalAws> {
  const { lab, region, minPartBytes, onDeleted, host = '127.0.0.1' } = options;
  const isLoopbackOnly = LOOPBACK_HOSTS.includes(host);
  if (lab !== undefined && !isLoopbackOnly) {
    throw new RangeError(`An embedded AWS with a lab can only listen on 127.0.0.1, ::1 or localhost, not on ${host}.`);
  }
  const givenClock = lab?.clock ?? options.clock;
  const clock = givenClock ?? Date;
  const faults = options.faults ?? lab?.faults;
  const onEvent = lab && ((event: MessageEvent<Queue>) => lab.history.add(event, polls.engine.userAgent));
  const polls = new LongPolls({
    clock,
    ...(region && { region }),
    ...(onDeleted && { onDeleted }),
    ...(onEvent && { onEvent }),
  });
  lab?.clock.onMoved(() => polls.clockMoved());
  const dynamodb = new DynamoDbEngine({ clock, ...(region && { region }) });
  const s3 = new S3Engine({ clock, ...(region && { region }), ...(minPartBytes !== undefined && { minPartBytes }) });

  const services = {
    sqsJson: createSqsJsonService(polls),
    query: createQueryService(polls),
    dynamodb: createDynamoDbService(dynamodb),
    s3: createS3Service(s3),
    developer: createDeveloperService(polls.engine),
    unknown: unknownService,
  };
  const labService = lab && createLabService(lab, polls.engine);
  const bodyTimeouts = new BodyTimeouts(options.bodyIdleMs ?? BODY_IDLE_MS);
  const log = createErrorLog(options.writeLog ?? ((line) => process.stderr.write(line)));
  const handleRequest = createRequestListener({
    serviceOf: (head) =>
      labService !== undefined && head.path.startsWith(LAB_PATH) ? labService : services[serviceNameOf(head)],
    faults,
    bodyTimeouts,
    log,
    clock: givenClock,
  });
  const listener: RequestListener = (request, response, expectsContinue) => {
    const refusal = refusalOf(request, isLoopbackOnly);
    if (refusal !== undefined) {
      sendRefusal(request, response, refusal);
      return;
    }
    handleRequest(request, response, expectsContinue);
  };
  const server = createServer(listener);
  const port = await listen(server, options.port ?? 0, host);
  // Without this listener, a connection that cannot be accepted (too many open files) would end the process.
  server.on('error', (error) => log('accept', error));

  return {
    endpoint: `http://${URL_HOSTS[host] ?? '127.0.0.1'}:${port}`,
    port,
    get waitingPolls() {
      return polls.size;
    },
    async close() {
      polls.close();
      bodyTimeouts.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const closeTimer = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
      await closed;
      clearTimeout(closeTimer);
    },
  };
}
