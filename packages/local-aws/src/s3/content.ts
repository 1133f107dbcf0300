// The bytes of an object or part, with their digests. Chunks are never changed, so that copies can share them.

import { type Algorithm, type Hash, hashOf } from './checksums.ts';

/** Smaller chunks are joined: a chunk of a few bytes would need more memory than its content. */
const SMALLEST_CHUNK_BYTES = 16 * 1024;

/** The content of an object or a part. */
export class Content {
  readonly chunks: readonly Uint8Array[];
  readonly bytes: number;
  readonly md5: Buffer;
  readonly #digests: ReadonlyMap<Algorithm, Buffer>;

  constructor(chunks: readonly Uint8Array[], bytes: number, md5: Buffer, digests: ReadonlyMap<Algorithm, Buffer>) {
    this.chunks = chunks;
    this.bytes = bytes;
    this.md5 = md5;
    this.#digests = digests;
  }

  /** Whether the checksum is known without reading the bytes. */
  has(algorithm: Algorithm): boolean {
    return this.#digests.has(algorithm);
  }

  /** In base64; computed from all bytes when it was not computed while they arrived. */
  checksum(algorithm: Algorithm): string {
    const digest = this.#digests.get(algorithm);
    if (digest !== undefined) return digest.toString('base64');
    const hash = hashOf(algorithm);
    for (const chunk of this.chunks) hash.update(chunk);
    return hash.digest().toString('base64');
  }
}

/** Collects a body that arrives in pieces, and hashes it. */
export class ContentBuilder {
  readonly #md5 = hashOf('MD5');
  readonly #hashes: ReadonlyMap<Algorithm, Hash>;
  readonly #chunks: Uint8Array[] = [];
  #smallChunks: Uint8Array[] = [];
  #smallBytes = 0;
  #bytes = 0;

  constructor(algorithms: Iterable<Algorithm>) {
    this.#hashes = new Map([...algorithms].map((algorithm) => [algorithm, hashOf(algorithm)]));
  }

  get bytes(): number {
    return this.#bytes;
  }

  add(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#md5.update(chunk);
    for (const hash of this.#hashes.values()) hash.update(chunk);
    this.#store(chunk);
  }

  #store(chunk: Uint8Array): void {
    this.#bytes += chunk.length;
    if (chunk.length >= SMALLEST_CHUNK_BYTES) {
      this.#joinSmall();
      this.#chunks.push(chunk);
      return;
    }
    this.#smallChunks.push(chunk);
    this.#smallBytes += chunk.length;
    if (this.#smallBytes >= SMALLEST_CHUNK_BYTES) this.#joinSmall();
  }

  #joinSmall(): void {
    if (this.#smallChunks.length > 0) this.#chunks.push(Buffer.concat(this.#smallChunks));
    this.#smallChunks = [];
    this.#smallBytes = 0;
  }

  finish(): Content {
    this.#joinSmall();
    const digests = new Map([...this.#hashes].map(([algorithm, hash]) => [algorithm, hash.digest()]));
    return new Content(this.#chunks, this.#bytes, this.#md5.digest(), digests);
  }
}

/** Content of bytes that are already complete. */
export function contentOf(body: unknown, algorithms: Iterable<Algorithm> = []): Content {
  if (body instanceof Content) return body;
  const builder = new ContentBuilder(algorithms);
  if (typeof body === 'string') builder.add(Buffer.from(body));
  else if (body instanceof Uint8Array) builder.add(body);
  else if (body !== undefined && body !== null) throw new TypeError('A Body is a string, bytes or Content.');
  return builder.finish();
}

/** The chunks between two offsets, cut where needed, without a copy. */
export function* sliceChunks(chunks: Iterable<Uint8Array>, from: number, to: number): Generator<Uint8Array> {
  let offset = 0;
  for (const chunk of chunks) {
    if (offset >= to) return;
    const end = offset + chunk.length;
    if (end > from) yield chunk.subarray(Math.max(from - offset, 0), Math.min(to - offset, chunk.length));
    offset = end;
  }
}
