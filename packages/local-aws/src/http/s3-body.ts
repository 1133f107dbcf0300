// Receives the bodies of S3 requests as they arrive. Payloads are hashed meanwhile; other bodies are short XML.

import type { IncomingHttpHeaders } from 'node:http';
import { ALGORITHMS, type Algorithm, checksumMember, isAlgorithm } from '../s3/checksums.ts';
import { type Content, ContentBuilder } from '../s3/content.ts';
import { invalidArgument, invalidRequest, notImplemented, S3Error } from '../s3/errors.ts';
import { AwsChunkedDecoder } from './aws-chunked.ts';

/** The longest body that is not a payload; 10,000 parts with SHA-256 take 1.8 MB, 1,000 keys of 1,024 bytes 1.1 MB. */
const MAX_DOCUMENT_BYTES = 3 * 1024 * 1024;
const MAX_PAYLOAD_BYTES = 5 * 1024 ** 3;
const SHA256 = /^[0-9a-f]{64}$/;
const SIGNING_METHODS = [
  'UNSIGNED-PAYLOAD',
  'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
  'STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD',
  'STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER',
];

/** A complete body, and its trailers as members of the SDK's inputs. */
export interface ReceivedBody {
  readonly content: Content;
  readonly trailers: Readonly<Record<string, string>>;
}

function isAwsChunked(headers: IncomingHttpHeaders): boolean {
  return (
    /(?:^|,)\s*aws-chunked\s*(?:,|$)/i.test(headers['content-encoding'] ?? '') ||
    String(headers['x-amz-content-sha256'] ?? '').startsWith('STREAMING-')
  );
}

/** The algorithm of the trailing checksum. @throws {S3Error} when S3 does not support it */
export function trailingAlgorithm(headers: IncomingHttpHeaders): Algorithm | undefined {
  const trailer = headers['x-amz-trailer'];
  if (typeof trailer !== 'string') return undefined;
  const name = /^x-amz-checksum-(.+)$/i.exec(trailer.trim())?.[1]?.toUpperCase() ?? '';
  if (isAlgorithm(name)) return name;
  throw invalidRequest('The value specified in the x-amz-trailer header is not supported');
}

/** The length of a payload without its encoding, from the headers. @throws {S3Error} when they do not have it */
function declaredBytes(headers: IncomingHttpHeaders): number {
  const isChunked = isAwsChunked(headers);
  const header = isChunked ? headers['x-amz-decoded-content-length'] : headers['content-length'];
  if (header === undefined && !isChunked && headers['transfer-encoding'] !== undefined) {
    throw notImplemented('Transfer-Encoding');
  }
  if (typeof header !== 'string' || !/^\d{1,15}$/.test(header)) throw new S3Error('MissingContentLength');
  const bytes = Number(header);
  if (bytes > MAX_PAYLOAD_BYTES) {
    throw new S3Error('EntityTooLarge', { fields: { ProposedSize: bytes, MaxSizeAllowed: MAX_PAYLOAD_BYTES } });
  }
  return bytes;
}

/** @throws {S3Error} `InvalidArgument` unless it is a digest or the name of a signing method */
function assertContentSha256(headers: IncomingHttpHeaders): void {
  const given = headers['x-amz-content-sha256'];
  if (typeof given !== 'string' || SHA256.test(given) || SIGNING_METHODS.includes(given)) return;
  throw invalidArgument(
    `x-amz-content-sha256 must be ${SIGNING_METHODS.join(', ')} or a valid sha256 value.`,
    'x-amz-content-sha256',
    given,
  );
}

/** Collects one body. */
export class BodyCollector {
  readonly #headers: IncomingHttpHeaders;
  readonly #builder: ContentBuilder;
  readonly #decoder: AwsChunkedDecoder | undefined;
  /** The exact length of a payload; documents only have a limit. */
  readonly #declaredBytes: number | undefined;

  /**
   * @param algorithms the checksums to compute while reading
   * @throws {S3Error} when the headers of a payload have no length, or `x-amz-content-sha256` is invalid
   */
  constructor(headers: IncomingHttpHeaders, algorithms: Iterable<Algorithm>, isPayload: boolean) {
    this.#headers = headers;
    const allAlgorithms = new Set(algorithms);
    assertContentSha256(headers);
    if (SHA256.test(String(headers['x-amz-content-sha256'] ?? ''))) allAlgorithms.add('SHA256');
    this.#builder = new ContentBuilder(allAlgorithms);
    this.#declaredBytes = isPayload ? declaredBytes(headers) : undefined;
    if (isAwsChunked(headers)) this.#decoder = new AwsChunkedDecoder((bytes) => this.#add(bytes));
  }

  /** @throws {S3Error} when the body is too long or broken */
  write(chunk: Buffer): void {
    if (this.#decoder === undefined) this.#add(chunk);
    else this.#decoder.write(chunk);
  }

  #add(bytes: Uint8Array): void {
    if (this.#builder.bytes + bytes.length > (this.#declaredBytes ?? MAX_DOCUMENT_BYTES)) {
      if (this.#declaredBytes !== undefined) throw new S3Error('IncompleteBody');
      throw new S3Error('MaxMessageLengthExceeded', { fields: { MaxMessageLengthBytes: MAX_DOCUMENT_BYTES } });
    }
    this.#builder.add(bytes);
  }

  /** @throws {S3Error} when the length or the SHA-256 differs from that in the headers */
  end(): ReceivedBody {
    this.#decoder?.end();
    if (this.#declaredBytes !== undefined && this.#builder.bytes !== this.#declaredBytes)
      throw new S3Error('IncompleteBody');
    const content = this.#builder.finish();
    this.#assertSha256(content);
    return { content, trailers: this.#trailers() };
  }

  #assertSha256(content: Content): void {
    const given = String(this.#headers['x-amz-content-sha256'] ?? '');
    if (!SHA256.test(given)) return;
    const computed = Buffer.from(content.checksum('SHA256'), 'base64').toString('hex');
    if (given === computed) return;
    throw new S3Error('XAmzContentSHA256Mismatch', {
      fields: { ClientComputedContentSHA256: given, S3ComputedContentSHA256: computed },
    });
  }

  #trailers(): Record<string, string> {
    const receivedTrailers = this.#decoder?.trailers;
    const trailers: Record<string, string> = {};
    for (const algorithm of ALGORITHMS) {
      const value = receivedTrailers?.get(`x-amz-checksum-${algorithm.toLowerCase()}`);
      if (value !== undefined) trailers[checksumMember(algorithm)] = value;
    }
    const expected = this.#decoder && trailingAlgorithm(this.#headers);
    if (expected !== undefined && trailers[checksumMember(expected)] === undefined)
      throw new S3Error('MalformedTrailerError');
    return trailers;
  }
}
