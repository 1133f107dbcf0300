// Which checksums of a body to compute while it arrives over HTTP.

import { type Algorithm, DEFAULT_ALGORITHM, namedAlgorithm, requestChecksum } from './checksums.ts';
import type { Input } from './input.ts';
import type { S3State } from './state.ts';
import { algorithmOfParts } from './upload.ts';

/**
 * The checksums that `PutObject` or `UploadPart` needs of its body.
 * @throws {S3Error} when the bucket or the upload does not exist, or the request's checksum is invalid
 */
export function bodyAlgorithms(state: S3State, operation: string, input: Input): ReadonlySet<Algorithm> {
  const algorithms = new Set<Algorithm>();
  const requested = requestChecksum(input)?.algorithm ?? namedAlgorithm(input);
  if (requested !== undefined) algorithms.add(requested);
  if (operation === 'PutObject') state.bucket(input);
  if (operation === 'UploadPart') algorithms.add(algorithmOfParts(state.upload(input).upload));
  else if (requested === undefined) algorithms.add(DEFAULT_ALGORITHM);
  return algorithms;
}
