// The invariants of the table and the bucket, with a sentence each.
import type { Meaning } from './invariant-meaning.ts';

export const STORAGE_INVARIANTS = {
  'a deleted job does not come back': {
    sentence: 'A marker stays a marker: no message restores a deleted job.',
    when: 'each write of a marker',
  },
  'nothing is counted in a marker': {
    sentence: 'The ledgers and nodes of a deleted job have no numbers.',
    when: 'each write of a marker',
  },
  'nothing of a deleted job is counted': {
    sentence: 'Once a deletion has ended, no ledger or node of its job is created again.',
    when: 'each update of a ledger or node',
  },
  'a job is marked before its ledgers': {
    sentence: 'A deletion marks the item of the job before its ledgers and nodes.',
    when: 'each write of a marker',
  },
  'a RUNNING job is deleted by force only': {
    sentence: 'A deletion without `--force` does not change a RUNNING job.',
    when: 'each deletion',
  },
  'a deletion ends when everything is marked': {
    sentence: 'A deletion ends when every ledger and every node is a marker.',
    when: 'the end of each deletion',
  },
  'a deletion removes what was stored before': {
    sentence: 'A deletion ends when it has removed every slice that existed when the ledger of its group was marked.',
    when: 'the end of each deletion',
  },
  'a deletion aborts the upload': {
    sentence: 'A deletion ends when S3 has no unfinished upload of the job.',
    when: 'the end of each deletion',
  },
  'a deletion that ends has deleted': {
    sentence: 'A deletion that reports its end has deleted everything.',
    when: 'the end of each deletion',
  },
  'nothing is left of a deleted job': {
    sentence: 'Slices and object of a deleted job do not exist, also after all its messages were delivered once more.',
    when: 'once faults have stopped',
  },
  'nothing is lost': {
    sentence: 'Every movie that is not stored has a message in the queue, in flight or in the dead-letter queue.',
    when: 'repeatedly, once the producer has ended without an error',
  },
  'every job can go on': {
    sentence:
      'While a full set is missing in its parent, or a job with a full root is not COMPLETE, a message exists that leads a consumer there.',
    when: 'each delete, each move by SQS, each resume',
  },
  'deleted ⇒ stored': {
    sentence: 'A message is deleted only when all its movies are stored.',
    when: 'each delete',
  },
  'deleted ⇒ counted': {
    sentence: 'A message is deleted only when the ledger of its group counts it.',
    when: 'each delete',
  },
  'deleted ⇒ dead-lettered': {
    sentence: 'An invalid message is deleted only when it is in the dead-letter queue.',
    when: 'each delete',
  },
  'counted ⇒ stored': {
    sentence: 'A ledger counts a message only when its movies are stored.',
    when: 'each update of a ledger',
  },
  'counted stays stored': {
    sentence: 'The movies of a counted message stay stored, whatever is written after them.',
    when: 'each slice that is overwritten',
  },
  'what is counted can be read': {
    sentence: 'A consumer that makes the object finds every movie that is counted.',
    when: 'each read of slices',
  },
  'finished ⇒ full': {
    sentence: 'A set of the completion tree names only children that are full.',
    when: 'each update of the tree',
  },
  'a set never shrinks': {
    sentence: 'A number that a ledger or a node of the tree has is never removed.',
    when: 'each update of a set',
  },
  'no set over its bound': {
    sentence: 'No set has a number that its plan does not allow.',
    when: 'each update of a set',
  },
  'the ledger knows its group': {
    sentence: 'A ledger expects as many messages as the plan gives its group.',
    when: 'each update of a ledger',
  },
  'COMPLETE ⇒ all counted': {
    sentence: 'A COMPLETE job has every ledger and the root of its tree full.',
    when: 'the job becomes COMPLETE, and repeatedly after it',
  },
  'COMPLETE ⇒ all stored': {
    sentence: 'A COMPLETE job has every movie in the table.',
    when: 'the job becomes COMPLETE, and repeatedly after it',
  },
  'COMPLETE ⇒ object': {
    sentence: 'A COMPLETE job has its object, with the bytes that follow from its plan.',
    when: 'the job becomes COMPLETE, and repeatedly after it',
  },
  'COMPLETE stays': {
    sentence: 'A job that is COMPLETE never changes its status again.',
    when: 'each update of the job’s item',
  },
  'a job stays': { sentence: 'The item of a job is never removed.', when: 'each write of the job’s item' },
  'the first message decides': {
    sentence: 'The start time of a job is that of its first message, and does not change.',
    when: 'each update of the job’s item',
  },
  'the object has the generator’s bytes': {
    sentence: 'An object never has other bytes than its job’s movies.',
    when: 'each object that is put or completed',
  },
  'no object is removed': { sentence: 'No process deletes an object.', when: 'each change of the bucket' },
  'no object of another job': {
    sentence: 'Objects have the names of the jobs that were sent.',
    when: 'each change of the bucket',
  },
  'a part’s bytes follow from its number': {
    sentence: 'A part of an upload has exactly the movies that follow from its number.',
    when: 'each upload of a part',
  },
  'what is noted is written': {
    sentence: 'A part that the table notes as written is in its upload.',
    when: 'each note',
  },
  'the recorded size is that of the object': {
    sentence: 'The size that is recorded before an upload is completed is that of the whole object.',
    when: 'each update of the job’s item',
  },
  'an upload begins without a size': {
    sentence: 'A new upload of a job removes the size that an older one recorded.',
    when: 'each update of the job’s item',
  },
  'only an upload that is gone is replaced': {
    sentence: 'The upload of a job is replaced only when S3 no longer has it.',
    when: 'each update of the job’s item',
  },
  'only the recorded upload is completed': {
    sentence: 'Only the upload that the job’s item names is completed.',
    when: 'each CompleteMultipartUpload',
  },
  'no process aborts the recorded upload': {
    sentence: 'No process aborts the upload that the job’s item names.',
    when: 'each AbortMultipartUpload',
  },
  'a COMPLETE job gets no upload': {
    sentence: 'A job that is COMPLETE gets no further upload.',
    when: 'each update of the job’s item',
  },
  'who finds a part missing writes it': {
    sentence:
      'A consumer that finds a part missing in its job’s upload writes the part, or reports that S3 is unreachable.',
    when: 'each delete',
  },
  'a job that is sent twice uploads nothing twice': {
    sentence: 'A COMPLETE job that is sent once more uploads nothing.',
    when: 'each call of S3 at the end of every fourth seed',
  },
  'no movie of another job or place': {
    sentence: 'A slice has exactly the movies that follow from its key and its job.',
    when: 'each write of a slice',
  },
  'a slice is of its group': {
    sentence: 'A slice lies inside the movies of its message group.',
    when: 'each write of a slice',
  },
  'only known items': { sentence: 'The table has only items that a plan requires.', when: 'each write' },
  'forged messages change nothing': {
    sentence: 'A message that belongs to no job writes nothing.',
    when: 'each write',
  },
} as const satisfies Readonly<Record<string, Meaning>>;
