// The receiver for services that process a body only when it is complete.

import {
  type Call,
  type Exchange,
  type FailureDetails,
  type Receiver,
  RequestFailure,
  type RequestHead,
} from './service.ts';

const NOTHING = Buffer.alloc(0);

export interface WholeBodyOptions {
  readonly maxBytes: number;
  /** The answer to a larger request; 413 `RequestEntityTooLarge` unless given. */
  readonly tooLarge?: FailureDetails;
}

/**
 * Collects the body's bytes and calls `complete` with them. @throws {RequestFailure} when there are, or will be, more
 * than `maxBytes`
 */
export function wholeBody(
  head: RequestHead,
  options: WholeBodyOptions,
  complete: (exchange: Exchange, body: Buffer) => Call,
): Receiver {
  const { maxBytes } = options;
  const refuse = (): never => {
    const message = `The request is larger than ${maxBytes} bytes.`;
    throw new RequestFailure(options.tooLarge ?? { status: 413, code: 'RequestEntityTooLarge', message });
  };
  if (Number(head.headers['content-length'] ?? 0) > maxBytes) refuse();
  let chunks: Buffer[] = [];
  let bytes = 0;
  return {
    write(chunk) {
      bytes += chunk.length;
      if (bytes > maxBytes) {
        chunks = [];
        refuse();
      }
      chunks.push(chunk);
    },
    complete(exchange) {
      const [first = NOTHING] = chunks;
      return complete(exchange, chunks.length > 1 ? Buffer.concat(chunks, bytes) : first);
    },
  };
}
