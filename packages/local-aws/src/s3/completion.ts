// Completes an upload: checks the parts that the request lists, and computes their checksum. Parts are neither read nor
// copied.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html

import {
  ALGORITHMS,
  type Algorithm,
  type ChecksumType,
  checksumMember,
  DEFAULT_ALGORITHM,
  hashOf,
} from './checksums.ts';
import { combineCrcs } from './crc.ts';
import { invalidRequest, S3Error } from './errors.ts';
import { type Input, isObject, optionalInteger, optionalList, optionalText } from './input.ts';
import { type Checksum, type ObjectPart, unquoted } from './object.ts';
import type { S3State } from './state.ts';
import type { Upload, UploadedPart } from './upload.ts';

/** A part as the request lists it. */
interface ListedPart {
  readonly number: number;
  readonly etag: string;
  readonly checksums: ReadonlyMap<Algorithm, string>;
}

const NO_CHECKSUMS: ReadonlyMap<Algorithm, string> = new Map();

function readChecksums(part: Input): ReadonlyMap<Algorithm, string> {
  let checksums: Map<Algorithm, string> | undefined;
  for (const algorithm of ALGORITHMS) {
    const value = optionalText(part, checksumMember(algorithm));
    if (value === undefined) continue;
    checksums ??= new Map();
    checksums.set(algorithm, value);
  }
  return checksums ?? NO_CHECKSUMS;
}

function readListedParts(input: Input, upload: Upload): readonly ListedPart[] {
  const { MultipartUpload: document } = input;
  const partInputs = (isObject(document) ? optionalList(document, 'Parts') : undefined) ?? [];
  if (partInputs.length === 0) throw invalidRequest('You must specify at least one part');
  const listed = partInputs.map((part) => {
    const number = optionalInteger(part, 'PartNumber');
    const etag = optionalText(part, 'ETag');
    if (number === undefined || etag === undefined) throw new S3Error('MalformedXML');
    return { number, etag: unquoted(etag), checksums: readChecksums(part) };
  });
  for (const [i, part] of listed.entries()) {
    if (i > 0 && part.number <= (listed[i - 1]?.number ?? 0)) {
      throw new S3Error('InvalidPartOrder', { fields: { UploadId: upload.id } });
    }
  }
  return listed;
}

function invalidPart(upload: Upload, listed: ListedPart): S3Error {
  return new S3Error('InvalidPart', {
    fields: { UploadId: upload.id, PartNumber: listed.number, ETag: listed.etag },
  });
}

/** @throws {S3Error} when the request's checksum of a part is missing or wrong */
function checkPartChecksum(upload: Upload, part: UploadedPart, listed: ListedPart): void {
  if (upload.checksum === undefined) {
    if (listed.checksums.size > 0) throw invalidPart(upload, listed);
    return;
  }
  const { algorithm, type } = upload.checksum;
  const checksum = listed.checksums.get(algorithm);
  if (checksum !== undefined) {
    if (checksum !== part.checksum) throw invalidPart(upload, listed);
    return;
  }
  if (type === 'FULL_OBJECT') return;
  const [otherAlgorithm] = listed.checksums.keys();
  if (otherAlgorithm !== undefined) {
    throw new S3Error('BadDigest', {
      message: `The ${otherAlgorithm.toLowerCase()} you specified for part ${listed.number} did not match what we received.`,
    });
  }
  throw invalidRequest(
    `The upload was created using a ${algorithm.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${listed.number} in the request.`,
  );
}

function findValidPart(state: S3State, upload: Upload, listed: ListedPart, isLast: boolean): UploadedPart {
  const part = upload.parts.get(listed.number);
  if (part === undefined || part.content.md5.toString('hex') !== listed.etag) throw invalidPart(upload, listed);
  checkPartChecksum(upload, part, listed);
  if (!isLast && part.content.bytes < state.minPartBytes) {
    throw new S3Error('EntityTooSmall', {
      fields: {
        ProposedSize: part.content.bytes,
        MinSizeAllowed: state.minPartBytes,
        PartNumber: listed.number,
        ETag: listed.etag,
      },
    });
  }
  return part;
}

/** The checksum of the object that consists of these parts, from theirs. */
function objectChecksum(parts: readonly UploadedPart[], algorithm: Algorithm, type: ChecksumType): Checksum {
  if (type === 'FULL_OBJECT') {
    // Only CRCs can be full-object checksums: creating the upload with another algorithm was refused.
    const name = algorithm === 'CRC32' || algorithm === 'CRC32C' ? algorithm : 'CRC64NVME';
    const crcs = parts.map(({ checksum, content }) => ({ crc: Buffer.from(checksum, 'base64'), bytes: content.bytes }));
    return { algorithm, type, value: combineCrcs(name, crcs).toString('base64') };
  }
  const hash = hashOf(algorithm);
  for (const { checksum } of parts) hash.update(Buffer.from(checksum, 'base64'));
  return { algorithm, type, value: `${hash.digest().toString('base64')}-${parts.length}` };
}

/** @throws {S3Error} when the request declares another type or another checksum than the object's */
function checkObjectChecksum(input: Input, upload: Upload, checksum: Checksum): void {
  const type = optionalText(input, 'ChecksumType');
  if (type !== undefined && type !== upload.checksum?.type) {
    throw invalidRequest(
      `The upload was created using the ${upload.checksum?.type ?? 'null'} checksum mode. The complete request must use the same checksum mode.`,
    );
  }
  for (const algorithm of ALGORITHMS) {
    const given = optionalText(input, checksumMember(algorithm));
    if (given === undefined || upload.checksum === undefined) continue;
    const [value] = checksum.value.split('-');
    const matches =
      algorithm === checksum.algorithm &&
      (given === checksum.value || given === value) &&
      (checksum.type === 'COMPOSITE' || type !== undefined);
    if (!matches) {
      throw new S3Error('BadDigest', {
        message: `The ${checksum.algorithm.toLowerCase()} you specified did not match the calculated checksum.`,
      });
    }
  }
}

/** AWS answers 500 when the parts of an upload with a checksum algorithm are not numbered consecutively. */
function assertConsecutive(upload: Upload, listed: readonly ListedPart[]): void {
  if (upload.checksum === undefined) return;
  if (listed.some(({ number }, i) => number !== i + 1)) throw new S3Error('InternalError');
}

/** @throws {S3Error} `InvalidPart`, `InvalidPartOrder`, `EntityTooSmall`, `BadDigest`, `InvalidRequest`, … */
export function assembleParts(
  state: S3State,
  upload: Upload,
  input: Input,
): { readonly parts: readonly ObjectPart[]; readonly checksum: Checksum; readonly bytes: number } {
  const listed = readListedParts(input, upload);
  const uploaded = listed.map((part, i) => findValidPart(state, upload, part, i === listed.length - 1));
  assertConsecutive(upload, listed);
  const { algorithm, type } = upload.checksum ?? { algorithm: DEFAULT_ALGORITHM, type: 'FULL_OBJECT' };
  let bytes = 0;
  const parts = uploaded.map(({ number, content, checksum }) => {
    const start = bytes;
    bytes += content.bytes;
    return { number, start, content, checksum: type === 'COMPOSITE' ? checksum : undefined };
  });
  const size = optionalInteger(input, 'MpuObjectSize');
  if (size !== undefined && size !== bytes) {
    throw invalidRequest(
      `The provided 'x-amz-mp-object-size' header value ${size} does not match what was computed: ${bytes}`,
    );
  }
  const checksum = objectChecksum(uploaded, algorithm, type);
  checkObjectChecksum(input, upload, checksum);
  return { parts, checksum, bytes };
}
