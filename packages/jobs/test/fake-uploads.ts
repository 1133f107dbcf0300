// A job whose uploads are created, recorded and aborted over ports that answer as the test wants.
import type { ConditionalUpdate } from '@movie-load/aws';
import type { JobItem } from '@movie-load/schema';
import { fakeWorld, itemOf } from './fake-context.ts';

/** A table that has this item of the job, and answers each attempt to record an upload with the next of `records`. */
export function startUploads(item: JobItem | undefined, ...records: (ConditionalUpdate | Error)[]) {
  const created: string[] = [];
  const aborted: string[] = [];
  const recorded: { readonly id: string | undefined; readonly lost: string | undefined }[] = [];
  const sizes: (number | undefined)[] = [];
  const state = { reads: 0, item, size: undefined as number | undefined };
  const world = fakeWorld(
    {
      async get() {
        state.reads += 1;
        return state.item && itemOf(state.item);
      },
      async updateIf({ values }) {
        recorded.push({ id: values[':id']?.S, lost: values[':lost']?.S });
        const answer = records.shift();
        if (answer === undefined || answer instanceof Error) throw answer ?? new Error('not expected');
        return answer;
      },
    },
    {
      async createUpload() {
        created.push(`new ${created.length + 1}`);
        return created.at(-1) ?? '';
      },
      async abortUpload(_, id) {
        aborted.push(id);
      },
      async size() {
        sizes.push(state.size);
        return state.size;
      },
    },
  );
  return { ...world, state, created, aborted, recorded, sizes };
}
