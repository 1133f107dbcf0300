// Decodes `aws-chunked` bodies: each chunk comes after a line with its size (and signature); trailers follow the last.
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html

import { S3Error } from '../s3/errors.ts';

/** The limit of the line before a chunk (its size in hexadecimal and its signature), and of a trailer. */
const MAX_LINE_BYTES = 1024;
const MAX_TRAILERS = 16;
const SIZE = /^([0-9a-fA-F]{1,9})(?:;.*)?$/;
const LF = 10;

const incompleteBody = (): S3Error =>
  new S3Error('IncompleteBody', { message: 'The request body terminated unexpectedly' });

type State = 'size' | 'data' | 'data-end' | 'trailers' | 'end';

export class AwsChunkedDecoder {
  readonly trailers = new Map<string, string>();
  readonly #onData: (bytes: Uint8Array) => void;
  #state: State = 'size';
  /** The remaining bytes of the current chunk. */
  #remainingBytes = 0;
  #line = '';

  constructor(onData: (bytes: Uint8Array) => void) {
    this.#onData = onData;
  }

  /** @throws {S3Error} when the encoding is broken */
  write(bytes: Uint8Array): void {
    let offset = 0;
    while (offset < bytes.length)
      offset = this.#state === 'data' ? this.#readData(bytes, offset) : this.#readLine(bytes, offset);
  }

  /** @throws {S3Error} when the body ended too early */
  end(): void {
    // The last line break may be missing.
    if (this.#state === 'trailers' && this.#line.trim() !== '') this.#addTrailer(this.#line.trim());
    if (this.#state !== 'trailers' && this.#state !== 'end') throw incompleteBody();
  }

  #readData(bytes: Uint8Array, offset: number): number {
    const end = Math.min(offset + this.#remainingBytes, bytes.length);
    this.#onData(bytes.subarray(offset, end));
    this.#remainingBytes -= end - offset;
    if (this.#remainingBytes === 0) this.#state = 'data-end';
    return end;
  }

  #readLine(bytes: Uint8Array, offset: number): number {
    const end = bytes.indexOf(LF, offset);
    const piece = bytes.subarray(offset, end === -1 ? undefined : end);
    if (this.#line.length + piece.length > MAX_LINE_BYTES) throw incompleteBody();
    this.#line += Buffer.from(piece).toString('latin1');
    if (end === -1) return bytes.length;
    const line = this.#line.replace(/\r$/, '');
    this.#line = '';
    this.#processLine(line);
    return end + 1;
  }

  #processLine(line: string): void {
    if (this.#state === 'size') {
      const size = SIZE.exec(line)?.[1];
      if (size === undefined) throw incompleteBody();
      this.#remainingBytes = Number.parseInt(size, 16);
      this.#state = this.#remainingBytes === 0 ? 'trailers' : 'data';
    } else if (this.#state === 'data-end') {
      if (line !== '') throw incompleteBody();
      this.#state = 'size';
    } else if (this.#state === 'trailers') {
      if (line === '') this.#state = 'end';
      else this.#addTrailer(line);
    } else if (line !== '') throw incompleteBody();
  }

  #addTrailer(line: string): void {
    const colon = line.indexOf(':');
    if (colon < 1 || this.trailers.size === MAX_TRAILERS) throw new S3Error('MalformedTrailerError');
    this.trailers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
}
