// Writes an object of unknown length in bounded memory: one PutObject when all fits into a part, else a multipart upload.
import { abortable, errorName, OBJECT_PART_BYTES, type UploadedPart } from '@movie-load/aws';
import { type JobsContext, lastCall, type StoreOptions } from './context.ts';

/** Parts on their way while the next one is filled. */
const PARTS_IN_FLIGHT = 1;

export interface ObjectWriter {
  write(chunk: Uint8Array): Promise<void>;
  /** The object is in S3 when this resolves. Returns its size in bytes. */
  finish(): Promise<number>;
  /** Frees what was uploaded. Never throws. */
  abort(): Promise<void>;
}

const ABORT_MS = 3000;

export function createObjectWriter(context: JobsContext, key: string, options: StoreOptions): ObjectWriter {
  const { objects, partBytes = OBJECT_PART_BYTES } = context;
  const { signal, onProgress } = options;
  const parts: Promise<UploadedPart>[] = [];
  const inFlight = new Set<Promise<unknown>>();
  let upload: Promise<string> | undefined;
  let uploadId: string | undefined;
  let buffer: Uint8Array<ArrayBuffer> | undefined;
  let filled = 0;
  let total = 0;

  async function flush(): Promise<void> {
    upload ??= objects.createUpload(key, { signal });
    uploadId ??= await abortable(upload, signal);
    while (inFlight.size >= PARTS_IN_FLIGHT) await Promise.race(inFlight);
    const id = uploadId;
    const number = parts.length + 1;
    const body = buffer?.subarray(0, filled) ?? new Uint8Array();
    // A part that is on its way keeps its buffer: an attempt that timed out may still read from it.
    buffer = undefined;
    filled = 0;
    const part = objects.uploadPart(key, id, number, body, { signal });
    parts.push(part);
    const landed = part.then(() => onProgress?.());
    inFlight.add(landed);
    const forget = () => void inFlight.delete(landed);
    // A failed part stays in the set, so that the next `race` throws its error.
    landed.then(forget, () => {});
  }

  return {
    async write(chunk) {
      for (let offset = 0; offset < chunk.length; ) {
        if (filled === partBytes) await flush();
        buffer ??= new Uint8Array(partBytes);
        const piece = chunk.subarray(offset, offset + partBytes - filled);
        buffer.set(piece, filled);
        filled += piece.length;
        offset += piece.length;
        total += piece.length;
      }
    },
    async finish() {
      if (uploadId === undefined) {
        const body = buffer?.subarray(0, filled) ?? new Uint8Array();
        await objects.put(key, body, { signal });
        return total;
      }
      const id = uploadId;
      if (filled > 0) await flush();
      const uploaded = await Promise.all(parts);
      try {
        await objects.completeUpload(key, id, uploaded, { signal });
      } catch (error) {
        // An earlier attempt may have finished it and its answer got lost. Only assemblies of this job write this key,
        // and all write the same bytes.
        if (errorName(error) !== 'NoSuchUpload' || (await objects.size(key, { signal })) !== total) throw error;
      }
      return total;
    },
    async abort() {
      if (upload === undefined) return;
      const created = upload;
      // A part that lands after the abort would stay in the bucket until its lifecycle rule removes it.
      await Promise.allSettled(parts);
      await lastCall(context.clock, ABORT_MS, async (last) => {
        await objects.abortUpload(key, await created, { signal: last });
      });
    },
  };
}
