// The invariants of processes, of commands and of the messages that they handle, with a sentence each.
import type { Meaning } from './invariant-meaning.ts';

export const PROCESS_INVARIANTS = {
  'no valid message is dead-lettered': {
    sentence: 'A consumer moves only invalid messages to the dead-letter queue.',
    when: 'each dead letter',
  },
  'a dead letter is the original': {
    sentence: 'A dead letter has the body of the message that it replaces.',
    when: 'each dead letter',
  },
  'a dead letter has its reason': {
    sentence: 'A dead letter has one of the known reasons.',
    when: 'each dead letter',
  },
  'a dead letter has its group': {
    sentence: 'A dead letter has the message group of its original.',
    when: 'each dead letter',
  },
  'what can never succeed is dead-lettered': {
    sentence: 'Every forged message that was not purged ends in the dead-letter queue with its body and group.',
    when: 'the end',
  },
  'each message of a receive is deleted or released': {
    sentence:
      'When a consumer has processed a receive, each of its messages is deleted or released, at once or with a delay.',
    when: 'the end of each receive',
  },
  'an extension comes before the visibility is over': {
    sentence: 'A consumer extends the visibility timeout of the messages that it processes before the timeout ends.',
    when: 'each extension',
  },
  'a receive says how long its messages are invisible': {
    sentence: 'A consumer sets its visibility timeout in each receive.',
    when: 'each receive',
  },
  'every call gets its caller’s signal': {
    sentence: 'The caller of an operation can abort each of its calls of AWS.',
    when: 'each call',
  },
  'nothing goes on behind the caller’s back': {
    sentence: 'Once an operation has returned to its caller, it makes no further call.',
    when: 'each call',
  },
  'an interrupt ends the work': {
    sentence: 'After Ctrl-C a command makes only calls that clean up, and ends.',
    when: 'each call, and ten minutes later',
  },
  'a command settles what it received': {
    sentence: 'A command that ends has deleted or released every message that it received.',
    when: 'a command ends',
  },
  'nothing leaves the dead-letter queue without a live copy': {
    sentence: 'A redrive deletes a dead letter only after a copy of it was sent to its group.',
    when: 'each delete in the dead-letter queue',
  },
  'a redrive reports what it did': {
    sentence: 'A redrive reports exactly the messages that it sent and those that it could not delete.',
    when: 'a redrive ends',
  },
  'a redrive reports what it would do': {
    sentence: 'A dry run reports exactly the messages that it has received.',
    when: 'a dry run ends',
  },
  'a purge reports what it did': {
    sentence: 'A purge reports exactly the messages that it deleted.',
    when: 'a purge ends',
  },
  'a purge deletes only what matches': {
    sentence: 'A purge deletes only messages of the given reasons, and a list deletes none.',
    when: 'each delete in the dead-letter queue',
  },
  'a list has what it counts': {
    sentence: 'The list of dead letters agrees with its own counts.',
    when: 'a list ends',
  },
  'a sending is never swallowed': {
    sentence: 'Deduplication drops only the second attempt of the same send, never another message.',
    when: 'each send',
  },
  'a sending reports what it sent': {
    sentence: 'A producer reports exactly the messages that it sent.',
    when: 'a sending ends',
  },
  'what was sent is in the queue': {
    sentence: 'A message that a producer, resume or redrive reports as sent was accepted as a new message.',
    when: 'a sending ends',
  },
  'a resume of what is COMPLETE sends nothing': {
    sentence: 'A resume of a job that is COMPLETE sends nothing.',
    when: 'the end',
  },
  'nothing is received while a breaker is open': {
    sentence: 'A consumer receives nothing while its circuit breaker of SQS or DynamoDB is open.',
    when: 'each receive',
  },
  'no receive begins once the process drains': {
    sentence: 'A consumer that was asked to stop receives nothing more.',
    when: 'each receive',
  },
  'no more receives at once than the gate allows': {
    sentence: 'A consumer has at most half as many receives open as it has pollers, rounded up.',
    when: 'each receive',
  },
  'no more receives are handled at once than there are pollers': {
    sentence: 'A consumer processes no more receives at once than it has pollers.',
    when: 'the messages of each receive',
  },
  'a drain aborts what it cannot finish': {
    sentence: 'A process that has drained waits for no call.',
    when: 'the end of each drain',
  },
  'a drained process has no receive open': {
    sentence: 'A process that has drained has no open receive that could still return messages.',
    when: 'the end of each drain',
  },
  'a drain releases what it receives': {
    sentence: 'A process that drains makes the messages that it still receives visible again.',
    when: 'the end of each drain',
  },
  'a drain ends': {
    sentence: 'A process that was asked to stop ends without an error.',
    when: 'the end of each drain',
  },
  'verify finds nothing': { sentence: 'Verify finds no fault in a COMPLETE job.', when: 'every third seed' },
  'repair makes the object again': {
    sentence: 'Repair writes a lost object again with the same bytes.',
    when: 'every third seed',
  },
  'no request is invalid': { sentence: 'movie-load makes no request that AWS calls invalid.', when: 'always' },
  'no unhandled rejection': { sentence: 'No promise is rejected without being handled.', when: 'always' },
  liveness: {
    sentence: 'Once faults stop, every job becomes COMPLETE and every process ends.',
    when: 'after the faults',
  },
  'every event ends': {
    sentence: 'Code that runs without waiting ends.',
    when: 'every event, within two minutes of real time',
  },
} as const satisfies Readonly<Record<string, Meaning>>;
