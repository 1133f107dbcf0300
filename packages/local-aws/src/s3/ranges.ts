// The bytes of an object that a request selects.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html

import { invalidArgument, invalidRequest, S3Error } from './errors.ts';
import { type Input, optionalInteger, optionalText } from './input.ts';
import type { ByteRange, ObjectPart, StoredObject } from './object.ts';

/** A range, and its part if a part was requested by number. */
export interface Selection extends ByteRange {
  readonly part?: ObjectPart;
}

/** @returns undefined for the whole object: without a range, or with one that S3 does not understand */
export function selectionOf(input: Input, object: StoredObject): Selection | undefined {
  const range = optionalText(input, 'Range');
  const partNumber = optionalInteger(input, 'PartNumber');
  if (range !== undefined && partNumber !== undefined) {
    throw invalidRequest('Cannot specify both Range header and partNumber query parameter');
  }
  if (partNumber !== undefined) return partSelection(object, partNumber);
  return range === undefined ? undefined : rangeOf(range, object.bytes);
}

function partSelection({ parts, bytes }: StoredObject, number: number): Selection {
  if (number < 1 || number > 10_000) {
    throw invalidArgument('Part number must be an integer between 1 and 10000, inclusive', 'partNumber', number);
  }
  const part = parts.find((candidate) => candidate.number === number);
  if (part === undefined) {
    throw new S3Error('InvalidPartNumber', {
      fields: { PartNumberRequested: number, ActualPartCount: parts.length },
    });
  }
  return { from: part.start, to: bytes === 0 ? 0 : part.start + part.content.bytes, part };
}

/** `bytes=a-b`, `bytes=a-` or `bytes=-n`; several ranges and invalid ones select the whole object, as on S3. */
function rangeOf(header: string, bytes: number): ByteRange | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header.replaceAll(' ', ''));
  const [, first = '', last = ''] = match ?? [];
  if (match === null || (first === '' && last === '')) return undefined;
  const unsatisfiable = new S3Error('InvalidRange', {
    fields: { RangeRequested: header, ActualObjectSize: bytes },
  });
  if (first === '') {
    const length = Number(last);
    if (length === 0 || bytes === 0) throw unsatisfiable;
    return { from: Math.max(bytes - length, 0), to: bytes };
  }
  const from = Number(first);
  if (last !== '' && Number(last) < from) return undefined;
  if (from >= bytes) throw unsatisfiable;
  return { from, to: last === '' ? bytes : Math.min(Number(last) + 1, bytes) };
}

/** The range of `UploadPartCopy`, which must lie within the source. @throws {S3Error} when it does not */
export function copyRangeOf(header: string | undefined, bytes: number): ByteRange {
  if (header === undefined) return { from: 0, to: bytes };
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(header) ?? [];
  const from = Number(first);
  const to = Number(last);
  if (first === undefined || last === undefined || from > to) {
    throw invalidArgument(
      'The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy',
      'x-amz-copy-source-range',
      header,
    );
  }
  if (from >= bytes) throw invalidRequest('The specified copy range is invalid for the source object size');
  if (to >= bytes) {
    throw invalidArgument(
      `Range specified is not valid for source object of size: ${bytes}`,
      'x-amz-copy-source-range',
      header,
    );
  }
  return { from, to: to + 1 };
}
