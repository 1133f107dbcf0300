// The digests of an object and of each of its parts: those that the slices make, and those of the object in the bucket.
import { createHash, type Hash } from 'node:crypto';
import { objectKey, partsOf } from '@movie-load/schema';
import type { JobsContext } from './context.ts';
import { type JobRef, partChunks } from './part-bytes.ts';

export interface PartDigest {
  readonly bytes: number;
  readonly sha256: string;
}

export class PartDigests {
  readonly #whole = createHash('sha256');
  readonly #ended: PartDigest[] = [];
  #part: Hash = createHash('sha256');
  #bytes = 0;

  add(bytes: Uint8Array): void {
    this.#whole.update(bytes);
    this.#part.update(bytes);
    this.#bytes += bytes.length;
  }

  /** Ends a part: bytes that are added from now on belong to the next. */
  endPart(): void {
    this.#ended.push({ bytes: this.#bytes, sha256: this.#part.digest('hex') });
    this.#part = createHash('sha256');
    this.#bytes = 0;
  }

  /** Returns the digests, after the last part has ended. */
  end(): { readonly sha256: string; readonly parts: readonly PartDigest[] } {
    return { sha256: this.#whole.digest('hex'), parts: this.#ended };
  }
}

export interface DigestedObject {
  readonly sha256: string;
  readonly bytes: number;
  /** Parts that differ, counted from 1. Bytes after the last part belong to it. */
  readonly differing: readonly number[];
}

/** Reads an object once, and digests it in pieces of the sizes of `parts`. */
export async function digestObject(
  body: AsyncIterable<Uint8Array>,
  parts: readonly PartDigest[],
): Promise<DigestedObject> {
  const found = new PartDigests();
  let [part, left, bytes] = [0, parts[0]?.bytes ?? 0, 0];
  for await (const chunk of body) {
    bytes += chunk.length;
    let rest = chunk;
    while (part < parts.length - 1 && rest.length >= left) {
      found.add(rest.subarray(0, left));
      found.endPart();
      rest = rest.subarray(left);
      part += 1;
      left = parts[part]?.bytes ?? 0;
    }
    found.add(rest);
    left -= rest.length;
  }
  found.endPart();
  const { sha256, parts: is } = found.end();
  const differing = parts.flatMap(({ sha256: wanted }, index) => (is[index]?.sha256 === wanted ? [] : [index + 1]));
  return { sha256, bytes, differing };
}

/** The parts that the slices make. Throws `MovieLoadError` `job_incomplete` when a movie is missing. */
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
export async function digestObjectOf(
  { objects }: JobsContext,
  jobId: string,
  parts: readonly PartDigest[],
  signal: AbortSignal,
): Promise<DigestedObject | undefined> {
  const object = await objects.get(objectKey(jobId), { signal });
  return object && digestObject(object.body, parts);
}
