// Sabotages of the object: of its parts, their upload and its completion.
import { replaceOnce } from './patch.ts';
import type { Sabotage } from './sabotage.ts';

const PART = 'packages/jobs/src/part.ts';
const UPLOAD = 'packages/jobs/src/upload.ts';
const COMPLETE = 'packages/jobs/src/complete.ts';
const JOB_ITEM = 'packages/jobs/src/job-item.ts';

export const UPLOAD_SABOTAGES: readonly Sabotage[] = [
  {
    name: 'complete without looking for missing parts',
    about: 'The upload is completed with the parts that exist: the object has gaps.',
    patches: [{ file: COMPLETE, in: 'completeUpload', at: { variable: 'missing' }, instead: '[]' }],
  },
  {
    name: 'ETags from memory',
    about:
      'The upload is completed with the ETags of an earlier list, although a part may have been written again since.',
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
    about:
      'The table says that a part is written before it is: after a crash between the two the noted part is missing.',
    patches: [
      {
        file: PART,
        in: 'writePart',
        at: { call: 'sendPart' },
        before: 'await recordPart(context, job, part, uploadId, signal);',
      },
    ],
  },
  {
    name: 'the loser aborts the recorded upload',
    about: 'Of two consumers that begin an upload, the second aborts the one that is recorded instead of its own.',
    patches: [
      {
        file: UPLOAD,
        in: 'beginUpload',
        at: { argumentOf: 'abortUpload', index: 2 },
        instead: 'other?.upload_id ?? id',
      },
    ],
  },
  {
    name: 'an upload is aborted when it is not known whether it was recorded',
    about: 'After a lost answer the upload is aborted, although the job’s item may name it.',
    patches: [
      {
        file: UPLOAD,
        in: 'beginUpload',
        at: { call: 'recordUpload' },
        instead: (call) => `${call}.catch(async (error) => {
          await abortUpload(context, job.job_id, id);
          throw error;
        })`,
      },
    ],
  },
  {
    name: 'a recorded upload is replaced though it is there, and completed',
    about: 'A second consumer records its own upload over the first, whose parts are lost.',
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
    about: 'A late delivery begins an upload of a job that is COMPLETE.',
    patches: [
      {
        file: JOB_ITEM,
        in: 'recordUpload',
        at: { property: 'condition' },
        instead: replaceOnce('#status = :running AND', '(#status = :running OR #status <> :running) AND'),
      },
      { file: UPLOAD, in: 'uploadOf', at: { comparisonOf: 'item.status' }, insteadOfStatement: '' },
    ],
  },
  {
    name: 'an upload that is gone counts as the object',
    about: 'When S3 no longer has the upload, the job becomes COMPLETE without a check that the object exists.',
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
    about: 'When S3 no longer has the upload, consumers continue to use it, and the job never becomes COMPLETE.',
    patches: [
      { file: UPLOAD, in: 'afterLostUpload', at: { call: 'beginUpload' }, instead: "{ kind: 'open', id: lost }" },
    ],
  },
  {
    name: 'a part with the number of its neighbour',
    about: 'Each part is uploaded with the number of the next one.',
    patches: [
      {
        file: PART,
        in: 'writePart',
        at: { argumentOf: 'context.objects.uploadPart', index: 2 },
        instead: 'part + 2',
      },
    ],
  },
  {
    name: 'a part may be one movie too small',
    about: 'The least part is one movie smaller than S3 allows.',
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
    about: 'A part of an older upload counts as written in the new one.',
    patches: [
      { file: PART, in: 'ensurePart', at: { comparisonOf: 'recordedUpload' }, instead: 'recordedUpload === undefined' },
    ],
  },
  {
    name: 'parts and receives share their slots',
    about: 'Storing uses the slots of the parts: when every slot stores messages, none can write a part, and all wait.',
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
