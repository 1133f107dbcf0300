// Extracts one file from an npm package, which is a gzipped tar archive. It does not use the `tar` command, because not
// every machine has one.
import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

const BLOCK_BYTES = 512;

/**
 * Writes the file `name` of the package to `target` and makes it executable. Returns false if there is no such file.
 */
export async function unpackFile(archive, name, target) {
  const read = chunkReader(createReadStream(archive).pipe(createGunzip()));
  for (;;) {
    const header = Buffer.alloc(BLOCK_BYTES);
    let filled = 0;
    for await (const piece of read(BLOCK_BYTES)) filled += piece.copy(header, filled);
    const entryName = textField(header, 0, 100);
    if (entryName === '') return false; // the archive ends with empty blocks
    const sizeBytes = Number.parseInt(textField(header, 124, 12), 8);
    if (entryName === name) {
      await pipeline(read(sizeBytes), createWriteStream(target, { mode: 0o755 }));
      return true;
    }
    for await (const _ of read(Math.ceil(sizeBytes / BLOCK_BYTES) * BLOCK_BYTES));
  }
}

/** A text field of a tar header, which has the file's name at 0 and its size, in octal digits, at 124. */
const textField = (header, start, length) =>
  header
    .toString('latin1', start, start + length)
    .split('\0')[0]
    .trim();

/** Returns a function that yields the next `bytes` bytes of the stream, whatever the size of the stream's chunks. */
function chunkReader(stream) {
  const chunks = stream[Symbol.asyncIterator]();
  let buffered = Buffer.alloc(0);
  return async function* read(bytes) {
    for (let remainingBytes = bytes; remainingBytes > 0; ) {
      if (buffered.length === 0) {
        const { value, done } = await chunks.next();
        if (done) throw new Error('the package ends in the middle of a file');
        buffered = value;
      }
      const piece = buffered.subarray(0, remainingBytes);
      buffered = buffered.subarray(piece.length);
      remainingBytes -= piece.length;
      yield piece;
    }
  };
}
