// Sabotages of the deletion of a job: of writing its markers, and of the code that reads them.
import { replaceOnce } from './patch.ts';
import type { Sabotage } from './sabotage.ts';

const DELETE = 'packages/jobs/src/delete.ts';
const MARKER = 'packages/jobs/src/marker.ts';
const JOB_ITEM = 'packages/jobs/src/job-item.ts';

export const DELETION_SABOTAGES: readonly Sabotage[] = [
  {
    name: 'consumers do not look at the marker of the job',
    about: 'A process treats a deleted job as an existing one when it first meets it: its messages are never deleted.',
    patches: [{ file: JOB_ITEM, in: 'createJobCreator.create', at: { call: 'isMarker' }, instead: 'false' }],
  },
  {
    name: 'ledgers and nodes are counted in though they are marked',
    about: 'A process that remembers the job from before its deletion counts in its markers: the job exists again.',
    patches: [
      {
        file: MARKER,
        at: { property: 'condition' },
        instead: "'attribute_not_exists(#deleted) OR attribute_exists(#deleted)'",
      },
    ],
  },
  {
    name: 'a group’s slices are removed before its ledger is marked',
    about: 'Slices that are stored after the removal and before the marker are counted, and stay stored.',
    patches: [
      {
        file: DELETE,
        in: 'deleteGroup',
        at: { call: 'markItem' },
        before: 'const early = await removeSlices(context, job_id, group, signal);',
      },
      { file: DELETE, in: 'deleteGroup', at: { call: 'removeSlices' }, instead: 'early' },
    ],
  },
  {
    name: 'the ledgers are marked before the job',
    about: 'Until the job itself is marked it looks like an existing job, and its messages find marked ledgers.',
    patches: [
      {
        file: DELETE,
        in: 'deleteJob',
        at: { call: 'markJob' },
        before:
          'for (let group = 0; group < 1; group += 1) await deleteGroup(context, { job_id: jobId, deleted_on: jobId, expires_at: 1 }, group, signal);',
      },
    ],
  },
  {
    name: 'the nodes of the tree are not marked',
    about: 'A process that counted before the deletion climbs after it, and so creates nodes of the tree again.',
    patches: [{ file: DELETE, in: 'deleteJob', at: { call: 'markItem' }, instead: 'Promise.resolve()' }],
  },
  {
    name: 'the upload of a deleted job stays',
    about: 'The upload’s parts are kept and cost money, and the upload can still become an object.',
    patches: [{ file: DELETE, in: 'removeObject', at: { call: 'objects.abortUpload' }, insteadOfStatement: '' }],
  },
  {
    name: 'what late messages have stored stays',
    about: 'A late message of a deleted job leaves slices that no list shows.',
    patches: [{ file: DELETE, in: 'dropBatch', at: { call: 'removeSlices' }, insteadOfStatement: '' }],
  },
  {
    name: 'a RUNNING job is deleted without being asked to',
    about: 'Without --force the condition on the job’s status does not protect a RUNNING job.',
    patches: [
      {
        file: DELETE,
        in: 'markJob',
        at: { property: 'condition' },
        instead: replaceOnce('#status <> :running', '(#status <> :running OR #status = :running)'),
      },
    ],
  },
];
