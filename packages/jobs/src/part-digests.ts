// SHA-256 digests of a job's object and of each of its parts, computed from the slices or from the object in S3.
import { createHash, type Hash } from 'node:crypto';
import { objectKey, partsOf } from '@movie-load/schema';
import type { JobsContext } from './context.ts';
import { type JobRef, partChunks } from './part-bytes.ts';

export interface PartDigest {
  readonly bytes: number;
  readonly sha256: string;
}

/** Computes the digest of an object and of each of its parts from bytes that are added in order. */
export class PartDigests {
  readonly #object = createHash('sha256');
  readonly #finishedParts: PartDigest[] = [];
  #partHash: Hash = createHash('sha256');
  #partBytes = 0;

  add(bytes: Uint8Array): void {
    this.#object.update(bytes);
    this.#partHash.update(bytes);
    this.#partBytes += bytes.length;
  }

  /** Ends a part: bytes that are added from now on belong to the next. */
  endPart(): void {
    this.#finishedParts.push({ bytes: this.#partBytes, sha256: this.#partHash.digest('hex') });
    this.#partHash = createHash('sha256');
    this.#partBytes = 0;
  }

  /** Returns the digests, after the last part has ended. */
  end(): { readonly sha256: string; readonly parts: readonly PartDigest[] } {
    return { sha256: this.#object.digest('hex'), parts: this.#finishedParts };
  }
}

export interface DigestedObject {
  readonly sha256: string;
  readonly bytes: number;
  /** Parts that differ, counted from 1. Bytes after the end of the last part count as part of it. */
  readonly differing: readonly number[];
}

/** Reads an object once, and digests it in pieces of the sizes of `parts`. */
export async function digestObject(
  body: AsyncIterable<Uint8Array>,
  parts: readonly PartDigest[],
): Promise<DigestedObject> {
  const digests = new PartDigests();
  let [part, remainingBytes, bytes] = [0, parts[0]?.bytes ?? 0, 0];
  for await (const chunk of body) {
    bytes += chunk.length;
    let unread = chunk;
    while (part < parts.length - 1 && unread.length >= remainingBytes) {
      digests.add(unread.subarray(0, remainingBytes));
      digests.endPart();
      unread = unread.subarray(remainingBytes);
      part += 1;
      remainingBytes = parts[part]?.bytes ?? 0;
    }
    digests.add(unread);
    remainingBytes -= unread.length;
  }
  digests.endPart();
  const { sha256, parts: actualParts } = digests.end();
  const differing = parts.flatMap(({ sha256: expected }, index) =>
    actualParts[index]?.sha256 === expected ? [] : [index + 1],
  );
  return { sha256, bytes, differing };
}

/** The digests of the parts that the slices make. Throws `MovieLoadError` `job_incomplete` when a movie is missing. */
export async function digestSlices(
  context: JobsContext,
  job: JobRef,
  signal: AbortSignal,
): Promise<readonly PartDigest[]> {
  const digests = new PartDigests();
  const { parts } = partsOf(job.plan, context.minPartMovies);
  for (let part = 0; part < parts; part += 1) {
    for await (const chunk of partChunks(context, job, part, signal)) digests.add(chunk);
    digests.endPart();
  }
  return digests.end().parts;
}

/** Digests the job's object and compares it with `parts` if they are known; undefined when there is no object. */
export async function digestJobObject(
  { objects }: JobsContext,
  jobId: string,
  parts: readonly PartDigest[],
  signal: AbortSignal,
): Promise<DigestedObject | undefined> {
  const object = await objects.get(objectKey(jobId), { signal });
  return object && digestObject(object.body, parts);
}
