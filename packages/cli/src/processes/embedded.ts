// Starts the embedded AWS in its own process, because it keeps all data in memory, and would compete with this process
// for the one thread.
import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { MovieLoadError } from '@movie-load/schema';
import { z } from 'zod';
import { portError } from './port.ts';

/** The first message of the process. */
const embeddedMessageSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('listening'), endpoint: z.url(), labToken: z.string().optional() }),
  z.object({ kind: z.literal('failed'), code: z.string(), message: z.string() }),
]);
export type EmbeddedMessage = z.infer<typeof embeddedMessageSchema>;

export interface EmbeddedAws {
  readonly endpoint: string;
  /** The token of its lab, if a lab was requested. */
  readonly labToken: string | undefined;
  /** Resolves when the process has ended, for whatever reason. */
  readonly exited: Promise<void>;
  /** Ends the process, which discards its data. */
  close(): Promise<void>;
  /** Ends the process at once, without waiting. */
  kill(): void;
}

/** SQS and S3 return MD5 checksums, which their clients may compare. */
const NEEDS_MD5 =
  'The embedded AWS needs MD5, and OpenSSL of this Node has none (FIPS mode?). Start Node without FIPS mode, or use LocalStack (docker compose up) or AWS.';

/** Uses only node:crypto, because the SDK is not loaded yet: that happens while the embedded AWS starts. */
function requireMd5(): void {
  try {
    createHash('md5');
  } catch (cause) {
    throw new MovieLoadError('embedded_needs_md5', NEEDS_MD5, { cause });
  }
}

export interface EmbeddedOptions {
  readonly port: number;
  /** Adds the lab: faults on demand, a clock that can be moved, and a history of messages. */
  readonly lab?: boolean;
  readonly signal?: AbortSignal;
}

const MEBIBYTE = 1024 * 1024;
const SHARE_OF_MEMORY = 0.75;

/**
 * Starts the embedded AWS on 127.0.0.1; port 0 means any free port.
 * @throws `MovieLoadError` `port_taken`, `port_refused`, `embedded_needs_md5` or `embedded_failed`
 *
 * @example const aws = await startEmbeddedAws({ port: 4566 }); // aws.endpoint: http://127.0.0.1:4566
 */
export async function startEmbeddedAws({ port, lab = false, signal }: EmbeddedOptions): Promise<EmbeddedAws> {
  requireMd5();
  const heap = Math.floor((totalmem() / MEBIBYTE) * SHARE_OF_MEMORY);
  const child = fork(join(import.meta.dirname, 'embedded-main.ts'), [String(port), ...(lab ? ['lab'] : [])], {
    execPath: process.execPath,
    env: process.env,
    execArgv: [`--max-old-space-size=${heap}`, '--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const kill = () => child.kill('SIGKILL');
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  signal?.addEventListener('abort', kill, { once: true });
  try {
    const firstMessage = await Promise.race([
      new Promise<unknown>((resolve) => child.once('message', resolve)),
      exited.then((): EmbeddedMessage => ({ kind: 'failed', code: 'EXIT', message: 'it ended at once' })),
    ]);
    signal?.throwIfAborted();
    const message = embeddedMessageSchema.parse(firstMessage);
    if (message.kind === 'failed') throw startFailed(port, message);
    return {
      endpoint: message.endpoint,
      labToken: message.labToken,
      exited,
      kill,
      close() {
        if (child.connected) child.disconnect();
        return exited;
      },
    };
  } catch (error) {
    kill();
    throw error;
  } finally {
    signal?.removeEventListener('abort', kill);
  }
}

function startFailed(port: number, { code, message }: { code: string; message: string }): MovieLoadError {
  return (
    portError(code, port, '--port') ??
    new MovieLoadError('embedded_failed', `The embedded AWS did not start: ${message}`)
  );
}
