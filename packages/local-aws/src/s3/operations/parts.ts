// Uploads and lists the parts of multipart uploads. (Copies into parts: `copies.ts`.)

import { refuseUnsupported } from '../attributes.ts';
import { checksumMember, namedAlgorithm, requestChecksum, verifyChecksum, verifyMd5 } from '../checksums.ts';
import { contentOf } from '../content.ts';
import { invalidArgument, invalidRequest, S3Error } from '../errors.ts';
import { type Input, type Output, optionalInteger, optionalText } from '../input.ts';
import { quoted } from '../object.ts';
import type { S3State } from '../state.ts';
import { algorithmOfParts, partsInOrder } from '../upload.ts';
import { ENCRYPTION } from './objects.ts';
import type { Operations } from './operation.ts';

const MAX_PART_BYTES = 5 * 1024 ** 3;
const MAX_PART_NUMBER = 10_000;
const MAX_PAGE_SIZE = 1000;

/** @throws {S3Error} `InvalidArgument` unless it is between 1 and 10,000 */
export function partNumberOf(input: Input): number {
  const number = optionalInteger(input, 'PartNumber') ?? 0;
  if (number < 1 || number > MAX_PART_NUMBER) {
    throw invalidArgument('Part number must be an integer between 1 and 10000, inclusive', 'partNumber', number);
  }
  return number;
}

function uploadPart(state: S3State, input: Input): Output {
  const { upload } = state.upload(input);
  const number = partNumberOf(input);
  refuseUnsupported(input);
  const checksum = requestChecksum(input);
  const algorithm = checksum?.algorithm ?? namedAlgorithm(input);
  if (upload.checksum !== undefined && algorithm !== upload.checksum.algorithm) {
    throw invalidRequest(
      `Checksum Type mismatch occurred, expected checksum Type: ${upload.checksum.algorithm.toLowerCase()}, actual checksum Type: ${algorithm?.toLowerCase() ?? 'null'}`,
    );
  }
  const storedAlgorithm = algorithmOfParts(upload);
  const content = contentOf(input.Body, new Set([storedAlgorithm, ...(algorithm === undefined ? [] : [algorithm])]));
  if (content.bytes > MAX_PART_BYTES) {
    throw new S3Error('EntityTooLarge', { fields: { ProposedSize: content.bytes, MaxSizeAllowed: MAX_PART_BYTES } });
  }
  if (checksum !== undefined) verifyChecksum(checksum, content.checksum(checksum.algorithm));
  verifyMd5(optionalText(input, 'ContentMD5'), content.md5, 'base64');
  upload.parts.set(number, {
    number,
    content,
    lastModified: state.currentSecondMs(),
    checksum: content.checksum(storedAlgorithm),
  });
  return {
    ETag: quoted(content.md5.toString('hex')),
    ...(algorithm !== undefined && { [checksumMember(algorithm)]: content.checksum(algorithm) }),
    ...ENCRYPTION,
  };
}

function listParts(state: S3State, input: Input): Output {
  const { bucket, upload } = state.upload(input);
  const after = optionalInteger(input, 'PartNumberMarker') ?? 0;
  const maxParts = Math.min(optionalInteger(input, 'MaxParts') ?? MAX_PAGE_SIZE, MAX_PAGE_SIZE);
  if (maxParts < 0)
    throw invalidArgument('Argument max-parts must be an integer between 0 and 2147483647', 'max-parts', maxParts);
  const remaining = partsInOrder(upload).filter(({ number }) => number > after);
  const page = remaining.slice(0, maxParts);
  const { checksum } = upload;
  return {
    Bucket: bucket.name,
    Key: upload.key,
    UploadId: upload.id,
    Initiator: state.initiator,
    Owner: state.owner,
    StorageClass: upload.attributes.storageClass,
    PartNumberMarker: after,
    NextPartNumberMarker: page.at(-1)?.number ?? 0,
    MaxParts: maxParts,
    IsTruncated: page.length < remaining.length && maxParts > 0,
    ...(checksum !== undefined && { ChecksumAlgorithm: checksum.algorithm, ChecksumType: checksum.type }),
    ...(page.length > 0 && {
      Parts: page.map((part) => ({
        PartNumber: part.number,
        LastModified: new Date(part.lastModified),
        ETag: quoted(part.content.md5.toString('hex')),
        Size: part.content.bytes,
        ...(checksum !== undefined && { [checksumMember(checksum.algorithm)]: part.checksum }),
      })),
    }),
  };
}

export const PART_OPERATIONS: Operations = { UploadPart: uploadPart, ListParts: listParts };
