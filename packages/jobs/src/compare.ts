// The object in the bucket beside the bytes that the slices make, part by part.
import { objectKey, partsOf } from '@movie-load/schema';
import type { JobsContext } from './context.ts';
import { type JobRef, partChunks } from './part-bytes.ts';

/** One part as it must be. */
export interface ComparedPart {
  /** Counted from 0. */
  readonly part: number;
  /** Where its bytes begin in the object, and how many they are. */
  readonly first: number;
  readonly bytes: number;
  /** The object has exactly these bytes there. */
  readonly agrees: boolean;
}

export interface ComparedObject {
  /** The object's size; undefined when it is not in the bucket. */
  readonly bytes: number | undefined;
  readonly parts: readonly ComparedPart[];
  /** Every part agrees, and nothing follows the last. */
  readonly agrees: boolean;
}

/** Reads the object and all slices once, side by side. Throws `MovieLoadError` `job_incomplete` when a movie is missing. */
export async function compareObject(context: JobsContext, job: JobRef, signal: AbortSignal): Promise<ComparedObject> {
  const object = await context.objects.get(objectKey(job.job_id), { signal });
  const reader = createReader(object?.body);
  try {
    const compared: ComparedPart[] = [];
    let first = 0;
    for (let part = 0; part < partsOf(job.plan, context.minPartMovies).parts; part += 1) {
      let bytes = 0;
      let agrees = object !== undefined;
      for await (const chunk of partChunks(context, job, part, signal)) {
        agrees = (await reader.matches(chunk)) && agrees;
        bytes += chunk.length;
      }
      compared.push({ part, first, bytes, agrees });
      first += bytes;
    }
    const agrees = object?.bytes === first && compared.every((one) => one.agrees);
    return { bytes: object?.bytes, parts: compared, agrees };
  } finally {
    object?.discard();
  }
}

function createReader(body: AsyncIterable<Uint8Array> | undefined) {
  const source = body?.[Symbol.asyncIterator]();
  let rest: Uint8Array = new Uint8Array();
  return {
    /** Reads as many bytes as the chunk has, and says whether they are the same. */
    async matches(chunk: Uint8Array): Promise<boolean> {
      let agrees = true;
      for (let at = 0; at < chunk.length; ) {
        while (rest.length === 0) {
          const next = await source?.next();
          if (next === undefined || next.done) return false;
          rest = next.value;
        }
        const piece = rest.subarray(0, chunk.length - at);
        agrees &&= Buffer.compare(piece, chunk.subarray(at, at + piece.length)) === 0;
        rest = rest.subarray(piece.length);
        at += piece.length;
      }
      return agrees;
    },
  };
}
