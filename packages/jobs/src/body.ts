// What is uploaded, in bounded memory: in a buffer while it fits, else read twice.
import { crc32 } from 'node:zlib';
import type { ObjectBody } from '@movie-load/aws';

/** Rarely are movies longer on average: a buffer that has to grow leaves its smaller ones to the garbage collector. */
const MOVIE_BYTES = 192;

export interface BodyOptions {
  /** Movies that the chunks have. */
  readonly movies: number;
  /** What has more bytes is not buffered. */
  readonly limitBytes: number;
}

/**
 * Reads the chunks. What is too large for the buffer is only measured: S3 wants to know the length and the checksum before
 * it gets the bytes, so each attempt to send it opens the chunks once more.
 */
export async function bodyOf(
  open: () => AsyncIterable<Uint8Array>,
  { movies, limitBytes }: BodyOptions,
): Promise<ObjectBody> {
  let buffer: Buffer | undefined = Buffer.allocUnsafe(Math.min(movies * MOVIE_BYTES, limitBytes));
  let bytes = 0;
  let crc = 0;
  for await (const chunk of open()) {
    crc = crc32(chunk, crc);
    buffer = buffer === undefined ? undefined : withRoom(buffer, bytes, bytes + chunk.length, limitBytes);
    buffer?.set(chunk, bytes);
    bytes += chunk.length;
  }
  if (buffer !== undefined) return buffer.subarray(0, bytes);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc);
  return { bytes, crc32: checksum.toString('base64'), open };
}

/** The buffer, or a larger one with the same first `filled` bytes; undefined when even the largest is too small. */
function withRoom(buffer: Buffer, filled: number, needed: number, limitBytes: number): Buffer | undefined {
  if (needed > limitBytes) return undefined;
  if (needed <= buffer.length) return buffer;
  const larger = Buffer.allocUnsafe(Math.min(limitBytes, Math.max(needed, 2 * buffer.length)));
  buffer.copy(larger, 0, 0, filled);
  return larger;
}
