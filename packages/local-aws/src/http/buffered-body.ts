// The receiver for services that need the whole body in memory.

import {
  type Call,
  type FailureDetails,
  type ReceivedRequest,
  type Receiver,
  RequestFailure,
  type RequestHead,
} from './service.ts';

const EMPTY = Buffer.alloc(0);

export interface BufferedBodyOptions {
  readonly maxBytes: number;
  /** The failure of a larger request; 413 `RequestEntityTooLarge` unless given. */
  readonly tooLarge?: FailureDetails;
}

/**
 * Collects the body's bytes and calls `complete` with them. @throws {RequestFailure} when there are, or will be, more
 * than `maxBytes`
 */
export function bufferedBody(
  head: RequestHead,
  options: BufferedBodyOptions,
  complete: (request: ReceivedRequest, body: Buffer) => Call,
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
    complete(request) {
      const [first = EMPTY] = chunks;
      return complete(request, chunks.length > 1 ? Buffer.concat(chunks, bytes) : first);
    },
  };
}
