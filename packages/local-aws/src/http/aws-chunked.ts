// Decodes `aws-chunked` bodies: each chunk follows its size (and signature), and trailers follow the last one.
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html

import { S3Error } from '../s3/errors.ts';

/** The line before a chunk: its size in hexadecimal and its signature. */
const MAX_LINE_BYTES = 1024;
const MAX_TRAILERS = 16;
const SIZE = /^([0-9a-fA-F]{1,9})(?:;.*)?$/;
const LF = 10;

const broken = (): S3Error => new S3Error('IncompleteBody', { message: 'The request body terminated unexpectedly' });

type State = 'size' | 'data' | 'data-end' | 'trailers' | 'end';

export class AwsChunkedDecoder {
  readonly trailers = new Map<string, string>();
  readonly #onData: (bytes: Uint8Array) => void;
  #state: State = 'size';
  /** The remaining bytes of the current chunk. */
  #left = 0;
  #line = '';

  constructor(onData: (bytes: Uint8Array) => void) {
    this.#onData = onData;
  }

  /** @throws {S3Error} when the encoding is broken */
  write(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) at = this.#state === 'data' ? this.#data(bytes, at) : this.#readLine(bytes, at);
  }

  /** @throws {S3Error} when the body ended too early */
  end(): void {
    // The last line break may be missing.
    if (this.#state === 'trailers' && this.#line.trim() !== '') this.#trailer(this.#line.trim());
    if (this.#state !== 'trailers' && this.#state !== 'end') throw broken();
  }

  #data(bytes: Uint8Array, at: number): number {
    const end = Math.min(at + this.#left, bytes.length);
    this.#onData(bytes.subarray(at, end));
    this.#left -= end - at;
    if (this.#left === 0) this.#state = 'data-end';
    return end;
  }

  #readLine(bytes: Uint8Array, at: number): number {
    const end = bytes.indexOf(LF, at);
    const piece = bytes.subarray(at, end === -1 ? undefined : end);
    if (this.#line.length + piece.length > MAX_LINE_BYTES) throw broken();
    this.#line += Buffer.from(piece).toString('latin1');
    if (end === -1) return bytes.length;
    const line = this.#line.replace(/\r$/, '');
    this.#line = '';
    this.#endOfLine(line);
    return end + 1;
  }

  #endOfLine(line: string): void {
    if (this.#state === 'size') {
      const size = SIZE.exec(line)?.[1];
      if (size === undefined) throw broken();
      this.#left = Number.parseInt(size, 16);
      this.#state = this.#left === 0 ? 'trailers' : 'data';
    } else if (this.#state === 'data-end') {
      if (line !== '') throw broken();
      this.#state = 'size';
    } else if (this.#state === 'trailers') {
      if (line === '') this.#state = 'end';
      else this.#trailer(line);
    } else if (line !== '') throw broken();
  }

  #trailer(line: string): void {
    const colon = line.indexOf(':');
    if (colon < 1 || this.trailers.size === MAX_TRAILERS) throw new S3Error('MalformedTrailerError');
    this.trailers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
}
