// Sabotages of deleting a job: of its markers, and of the code that reads them.
import { swap } from './patch.ts';
import type { Sabotage } from './sabotage.ts';

const DELETE = 'packages/jobs/src/delete.ts';
const MARKER = 'packages/jobs/src/marker.ts';
const JOB_ITEM = 'packages/jobs/src/job-item.ts';

export const DELETING: readonly Sabotage[] = [
  {
    name: 'consumers do not look at the marker of the job',
    about: 'A process that does not know a deleted job takes it for one that is there: its messages never go.',
    patches: [{ file: JOB_ITEM, in: 'createJobCreator.create', at: { call: 'isMarker' }, instead: 'false' }],
  },
  {
    name: 'ledgers and nodes are counted in though they are marked',
    about: 'A process that remembers a deleted job counts in its markers, and the job begins to exist again.',
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
    about: 'What is stored between the two is counted, and stays when the ledger is marked.',
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
    about: 'Between the two the job looks alive, and its messages find markers.',
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
    about: 'A process that had counted before the deletion climbs into nodes that are there again.',
    patches: [{ file: DELETE, in: 'deleteJob', at: { call: 'markItem' }, instead: 'Promise.resolve()' }],
  },
  {
    name: 'the upload of a deleted job stays',
    about: 'Its parts are kept and paid for, and it can still become an object.',
    patches: [{ file: DELETE, in: 'removeObject', at: { call: 'objects.abortUpload' }, insteadOfStatement: '' }],
  },
  {
    name: 'what late messages have stored stays',
    about: 'A late message of a deleted job leaves slices that no list shows.',
    patches: [{ file: DELETE, in: 'dropBatch', at: { call: 'removeSlices' }, insteadOfStatement: '' }],
  },
  {
    name: 'a RUNNING job is deleted without being asked to',
    about: 'Without --force the condition on the job’s status does not keep a running job.',
    patches: [
      {
        file: DELETE,
        in: 'markJob',
        at: { property: 'condition' },
        instead: swap('#status <> :running', '(#status <> :running OR #status = :running)'),
      },
    ],
  },
];
