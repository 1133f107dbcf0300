// The body of an upload in bounded memory: a buffer if it fits, else a stream that is read twice.
import { crc32 } from 'node:zlib';
import type { ObjectBody } from '@movie-load/aws';

/**
 * The size of the first buffer for each movie: few jobs have longer movies on average. If the buffer is too small, a
 * larger one replaces it, and the garbage collector must free the first.
 */
const EXPECTED_MOVIE_BYTES = 192;

export interface BodyOptions {
  /** The number of movies in the chunks. */
  readonly movies: number;
  /** A longer body is streamed instead of buffered. */
  readonly limitBytes: number;
}

/**
 * Reads the chunks. A body that is too large for the buffer is only measured, because S3 needs its length and checksum
 * before its bytes: each attempt to send it opens the chunks once more.
 */
export async function bodyOf(
  open: () => AsyncIterable<Uint8Array>,
  { movies, limitBytes }: BodyOptions,
): Promise<ObjectBody> {
  let buffer: Buffer | undefined = Buffer.allocUnsafe(Math.min(movies * EXPECTED_MOVIE_BYTES, limitBytes));
  let bytes = 0;
  let crc = 0;
  for await (const chunk of open()) {
    crc = crc32(chunk, crc);
    buffer = buffer === undefined ? undefined : ensureCapacity(buffer, bytes, bytes + chunk.length, limitBytes);
    buffer?.set(chunk, bytes);
    bytes += chunk.length;
  }
  if (buffer !== undefined) return buffer.subarray(0, bytes);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc);
  return { bytes, crc32: checksum.toString('base64'), open };
}

/** The buffer, or a larger one with the same first `filled` bytes; undefined when even the largest is too small. */
function ensureCapacity(buffer: Buffer, filled: number, needed: number, limitBytes: number): Buffer | undefined {
  if (needed > limitBytes) return undefined;
  if (needed <= buffer.length) return buffer;
  const larger = Buffer.allocUnsafe(Math.min(limitBytes, Math.max(needed, 2 * buffer.length)));
  buffer.copy(larger, 0, 0, filled);
  return larger;
}
