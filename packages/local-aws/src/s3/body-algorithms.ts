// The checksums that HTTP computes while a body arrives.

import { type Algorithm, DEFAULT_ALGORITHM, namedAlgorithm, requestChecksum } from './checksums.ts';
import type { Input } from './input.ts';
import type { S3State } from './state.ts';
import { algorithmOfParts } from './upload.ts';

/**
 * The checksums of their body that `PutObject` and `UploadPart` need, for the reader of the body.
 * @throws {S3Error} the refusal of the operation
 */
export function bodyAlgorithms(state: S3State, operation: string, input: Input): ReadonlySet<Algorithm> {
  const algorithms = new Set<Algorithm>();
  const given = requestChecksum(input)?.algorithm ?? namedAlgorithm(input);
  if (given !== undefined) algorithms.add(given);
  if (operation === 'PutObject') state.bucket(input);
  if (operation === 'UploadPart') algorithms.add(algorithmOfParts(state.upload(input).upload));
  else if (given === undefined) algorithms.add(DEFAULT_ALGORITHM);
  return algorithms;
}
