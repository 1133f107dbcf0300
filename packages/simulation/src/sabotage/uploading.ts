// Sabotages of the object: its parts, their upload, its end.
import { swap } from './patch.ts';
import type { Sabotage } from './sabotage.ts';

const PART = 'packages/jobs/src/part.ts';
const UPLOAD = 'packages/jobs/src/upload.ts';
const COMPLETE = 'packages/jobs/src/complete.ts';
const JOB_ITEM = 'packages/jobs/src/job-item.ts';

export const UPLOADING: readonly Sabotage[] = [
  {
    name: 'complete without looking for missing parts',
    patches: [{ file: COMPLETE, in: 'completeUpload', at: { variable: 'missing' }, instead: '[]' }],
  },
  {
    name: 'ETags from memory',
    patches: [
      {
        file: COMPLETE,
        in: 'completeUpload',
        at: { variable: 'listed' },
        instead: (listed) => `(globalThis.etags ??= new Map()).get(id) ?? ${listed};
          if (listed.length === parts) globalThis.etags.set(id, listed)`,
      },
    ],
  },
  {
    name: 'a part is noted before it is uploaded',
    patches: [
      {
        file: PART,
        in: 'writePart',
        at: { call: 'slots.run' },
        before: 'await notePart(context, job, part, uploadId, signal);',
      },
    ],
  },
  {
    name: 'the loser aborts the recorded upload',
    patches: [
      {
        file: UPLOAD,
        in: 'beginUpload',
        at: { argumentOf: 'context.objects.abortUpload', index: 1 },
        instead: 'other.upload_id ?? id',
      },
    ],
  },
  {
    name: 'an upload is aborted when it is not known whether it was recorded',
    patches: [
      {
        file: UPLOAD,
        in: 'beginUpload',
        at: { call: 'recordUpload' },
        instead: (call) => `${call}.catch(async (error) => {
          await lastCall(context.clock, ABORT_MS, (signal) => context.objects.abortUpload(key, id, { signal }));
          throw error;
        })`,
      },
    ],
  },
  {
    name: 'a recorded upload is replaced though it is there, and completed',
    patches: [
      {
        file: JOB_ITEM,
        in: 'recordUpload',
        at: { property: 'condition' },
        instead: "lost === undefined ? '#status = :running' : '#status = :running AND :lost <> :id'",
      },
    ],
  },
  {
    name: 'a COMPLETE job gets an upload',
    patches: [
      {
        file: JOB_ITEM,
        in: 'recordUpload',
        at: { property: 'condition' },
        instead: swap('#status = :running AND', '(#status = :running OR #status <> :running) AND'),
      },
      { file: UPLOAD, in: 'uploadOf', at: { comparisonOf: 'item.status' }, insteadOfStatement: '' },
    ],
  },
  {
    name: 'an upload that is gone counts as the object',
    patches: [
      {
        file: UPLOAD,
        in: 'afterLostUpload',
        at: { call: 'beginUpload' },
        instead: "{ kind: 'written', bytes: bytes ?? 0 }",
      },
    ],
  },
  {
    name: 'an upload that is gone is not replaced',
    patches: [
      { file: UPLOAD, in: 'afterLostUpload', at: { call: 'beginUpload' }, instead: "{ kind: 'open', id: lost }" },
    ],
  },
  {
    name: 'a part with the number of its neighbour',
    patches: [{ file: PART, in: 'writePart', at: { argumentOf: 'objects.uploadPart', index: 2 }, instead: 'part + 2' }],
  },
  {
    name: 'a part may be one movie too small',
    patches: [
      {
        file: 'packages/schema/src/parts.ts',
        in: 'partsOf',
        at: { variable: 'groupsPerPart' },
        instead: 'Math.max(1, Math.ceil((minPartMovies - 1) / (plan.group_size * plan.movies_per_message)))',
      },
    ],
  },
  {
    name: 'a note of an upload that is gone counts',
    patches: [{ file: PART, in: 'ensurePart', at: { comparisonOf: 'note' }, instead: 'note === undefined' }],
  },
  {
    name: 'parts and receives share their slots',
    patches: [
      {
        file: 'packages/jobs/src/job-store.ts',
        in: 'createJobStore',
        at: { call: 'storeBatch' },
        instead: (call) => `context.slots.run(options.signal, () => ${call})`,
      },
    ],
  },
];
