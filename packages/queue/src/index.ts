// Sends a job's messages, estimates its cost, and sends to, lists, redrives and purges the dead-letter queue.
export { attributesBytes, BATCH_BYTES, BATCH_ENTRIES, batchesOf, messageBytes } from './batches.ts';
export { type DeadLetterCause, deadLetter, deadLetterOf, encodeAttributes } from './dead-letter.ts';
export { estimateJob } from './estimate.ts';
export {
  type DeadLetterList,
  type DeadLetterWithBody,
  findDeadLetters,
  type ListOptions,
  listDeadLetters,
} from './list.ts';
export { type DeadLetter, type DeadLetterFilter, matches, type SeenMessage, toDeadLetter } from './read-dead-letter.ts';
export {
  purgeDeadLetters,
  type RedriveOptions,
  type RedriveResult,
  redrive,
} from './redrive.ts';
export { type GroupToSend, type SendJobOptions, type SentBatch, type SentJob, sendJob } from './send.ts';
export { type SweepOptions, sweep } from './sweep.ts';
