// Extracts one file from an npm package, which is a gzipped tar: not every machine has a `tar` command.
import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

const BLOCK_BYTES = 512;

/** Writes the file `name` of the package to `target`, executable. False when the package has no such file. */
export async function unpackFile(archive, name, target) {
  const read = reader(createReadStream(archive).pipe(createGunzip()));
  for (;;) {
    const header = Buffer.alloc(BLOCK_BYTES);
    let filled = 0;
    for await (const piece of read(BLOCK_BYTES)) filled += piece.copy(header, filled);
    const entry = text(header, 0, 100);
    if (entry === '') return false; // the archive ends with empty blocks
    const bytes = Number.parseInt(text(header, 124, 12), 8);
    if (entry === name) {
      await pipeline(read(bytes), createWriteStream(target, { mode: 0o755 }));
      return true;
    }
    for await (const _ of read(Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES));
  }
}

const text = (header, start, length) =>
  header
    .toString('latin1', start, start + length)
    .split('\0')[0]
    .trim();

/** Reads a requested number of bytes from a stream, whatever the size of its chunks. */
function reader(stream) {
  const chunks = stream[Symbol.asyncIterator]();
  let rest = Buffer.alloc(0);
  return async function* read(bytes) {
    for (let left = bytes; left > 0; ) {
      if (rest.length === 0) {
        const { value, done } = await chunks.next();
        if (done) throw new Error('the package ends in the middle of a file');
        rest = value;
      }
      const piece = rest.subarray(0, left);
      rest = rest.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
  };
}
