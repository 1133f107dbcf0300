// Checksums of content: their algorithms, those in a request, and their verification.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html

import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { Crc } from './crc.ts';
import { invalidRequest, S3Error } from './errors.ts';
import { type Input, optionalText } from './input.ts';

export type Algorithm = 'CRC32' | 'CRC32C' | 'CRC64NVME' | 'SHA1' | 'SHA256';
export type ChecksumType = 'COMPOSITE' | 'FULL_OBJECT';

/** The length of a checksum in bytes. */
const BYTES_BY_ALGORITHM: Readonly<Record<Algorithm, number>> = {
  CRC32: 4,
  CRC32C: 4,
  CRC64NVME: 8,
  SHA1: 20,
  SHA256: 32,
};

export const ALGORITHMS = Object.keys(BYTES_BY_ALGORITHM) as readonly Algorithm[];

/** The checksum that S3 computes for content without one. */
export const DEFAULT_ALGORITHM: Algorithm = 'CRC64NVME';

export function isAlgorithm(name: string): name is Algorithm {
  return Object.hasOwn(BYTES_BY_ALGORITHM, name);
}

/** The name of the member in inputs and outputs: `ChecksumCRC32`. */
export function checksumMember(algorithm: Algorithm): `Checksum${Algorithm}` {
  return `Checksum${algorithm}`;
}

export interface Hash {
  update(bytes: Uint8Array): void;
  digest(): Buffer;
}

class Crc32 implements Hash {
  #value = 0;

  update(bytes: Uint8Array): void {
    this.#value = crc32(bytes, this.#value);
  }

  digest(): Buffer {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(this.#value);
    return bytes;
  }
}

export function hashOf(algorithm: Algorithm | 'MD5'): Hash {
  if (algorithm === 'CRC32') return new Crc32();
  if (algorithm === 'CRC32C' || algorithm === 'CRC64NVME') return new Crc(algorithm);
  return createHash(algorithm.toLowerCase());
}

export interface RequestChecksum {
  readonly algorithm: Algorithm;
  /** In base64, as the client sent it. */
  readonly value: string;
}

/** The checksum that a request has for its body. @throws {S3Error} when it has several */
export function requestChecksum(input: Input): RequestChecksum | undefined {
  const checksums = ALGORITHMS.flatMap((algorithm) => {
    const value = optionalText(input, checksumMember(algorithm));
    return value === undefined ? [] : [{ algorithm, value }];
  });
  if (checksums.length > 1) {
    throw invalidRequest('Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.');
  }
  return checksums[0];
}

/** The algorithm that a request names in `ChecksumAlgorithm`, if any. @throws {S3Error} when it is unknown */
export function namedAlgorithm(input: Input): Algorithm | undefined {
  const name = optionalText(input, 'ChecksumAlgorithm')?.toUpperCase();
  if (name === undefined) return undefined;
  if (!isAlgorithm(name)) {
    throw invalidRequest(
      'Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]',
    );
  }
  return name;
}

function decodeExactly(base64: string, bytes: number): Buffer | undefined {
  const decoded = Buffer.from(base64, 'base64');
  return decoded.length === bytes && decoded.toString('base64') === base64 ? decoded : undefined;
}

/** @throws {S3Error} when the value is not a checksum of its algorithm */
function assertWellFormed({ algorithm, value }: RequestChecksum): void {
  if (decodeExactly(value, BYTES_BY_ALGORITHM[algorithm]) === undefined) {
    throw invalidRequest(`Value for x-amz-checksum-${algorithm.toLowerCase()} header is invalid.`);
  }
}

/**
 * @param encoding that of the given digest in the error: on AWS `UploadPart` differs from other operations
 * @throws {S3Error} `InvalidDigest` or `BadDigest` when a `Content-MD5` is not the one of the content
 */
export function verifyMd5(given: string | undefined, computed: Buffer, encoding: 'base64' | 'hex' = 'hex'): void {
  if (given === undefined) return;
  const decoded = decodeExactly(given, 16);
  if (decoded === undefined) throw new S3Error('InvalidDigest', { fields: { 'Content-MD5': given } });
  if (!decoded.equals(computed)) {
    throw new S3Error('BadDigest', {
      fields: { ExpectedDigest: decoded.toString(encoding), CalculatedDigest: computed.toString('base64') },
    });
  }
}

/** @throws {S3Error} `InvalidRequest` or `BadDigest` when the checksum is not the one of the content */
export function verifyChecksum(given: RequestChecksum | undefined, computed: string): void {
  if (given === undefined) return;
  assertWellFormed(given);
  if (given.value !== computed) {
    throw new S3Error('BadDigest', {
      message: `The ${given.algorithm} you specified did not match the calculated checksum.`,
    });
  }
}
