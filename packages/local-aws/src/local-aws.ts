// The embedded AWS: SQS, DynamoDB and S3 behind one HTTP server on one port.

import http from 'node:http';
import dynalite from 'dynalite';
import { buildApp } from 'fauxqs';
import type { Faults } from './faults.ts';
import { createRouter } from './http/router.ts';
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
  /** Called for each SQS message that a receiver deletes; both in milliseconds since the epoch. */
  readonly onDeleted?: (message: { readonly sentOn: number }, now: number) => void;
}

export interface LocalAws {
  /** What goes into `AWS_ENDPOINT_URL`. */
  readonly endpoint: string;
  readonly port: number;
  /** Ends waiting polls and all connections; everything stored is gone. */
  close(): Promise<void>;
}

/** How long `close()` waits for answers that are on their way. */
const CLOSE_GRACE_MS = 500;
/** Node's default of 5 s meets clients that are just taking an idle connection; AWS keeps them longer as well. */
const KEEP_ALIVE_MS = 60_000;

const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];

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
  const { clock = Date, region, onDeleted } = options;
  const polls = new LongPolls({ clock, ...(region && { region }), ...(onDeleted && { onDeleted }) });
  const dynamodb = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  const s3 = buildApp({ logger: false });
  await s3.ready();

  const host = options.host ?? '127.0.0.1';
  const localNamesOnly = LOOPBACK.includes(host);
  const server = http.createServer(createRouter({ polls, dynamodb, s3, faults: options.faults, localNamesOnly }));
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, host, resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;

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
