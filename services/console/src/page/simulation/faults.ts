// The faults of a schedule in words: `consumer-1.1|dynamodb:UpdateItem|3 lost_answer` is a fault at a call, `outage 0`
// a planned fault of the seed. Pure: a test runs it without a browser.
import type { Recording } from '../../simulation-api.ts';

export function faultInWords(id: string, recording: Recording): string {
  const barIndex = id.indexOf('|');
  if (barIndex < 0) return plannedInWords(id, recording);
  const [process, callAndKind] = [id.slice(0, barIndex), id.slice(barIndex + 1)];
  const spaceIndex = callAndKind.lastIndexOf(' ');
  const kind = callAndKind.slice(spaceIndex + 1);
  const call = callAndKind.slice(0, spaceIndex).replace(/^\w+:/, '').replaceAll('|', ' ');
  return `${process}, ${call}: ${CALL_FAULTS[kind] ?? kind.replaceAll('_', ' ')}`;
}

const CALL_FAULTS: Readonly<Record<string, string>> = {
  refused: 'the call fails, without an effect',
  throttled: 'AWS throttles the call',
  lost_request: 'the request is lost',
  lost_answer: 'the call takes effect, its answer is lost',
  late_effect: 'the call takes effect after its caller gave up',
  batch_trouble: 'entries of the batch fail',
  slow: 'the answer takes seconds',
  crash_then_effect: 'the process dies, the call takes effect later',
  crash_before_effect: 'the process dies before the call takes effect',
  crash_after_effect: 'the call takes effect, and the process dies',
  crash_asleep: 'the process dies while it sleeps',
  stall: 'the process is stopped for longer than its visibility timeout',
  stall_asleep: 'the process is stopped while it sleeps',
  entry_refused: 'the entry is refused for the moment',
  entry_refused_for_good: 'the entry is refused for good',
  entry_unanswered: 'the entry takes effect, and counts as failed',
};

/** A planned fault is described in more detail when it occurs: which service for how long, what the trap does. */
function plannedInWords(id: string, { events }: Recording): string {
  const description = events.find(({ faults }) => faults?.includes(id))?.what ?? id;
  const trap = /^trap (.+): (\w+)$/.exec(description);
  if (trap) return `at the moment “${momentOf(id, trap[1] ?? '')}”: ${TRAPS[trap[2] ?? ''] ?? trap[2]}`;
  const outage = /^outage \d+ of (\w+) (for .+)$/.exec(description);
  if (outage) return `${SERVICES[outage[1] ?? ''] ?? outage[1]} is unreachable ${outage[2]}`;
  if (id.startsWith('interrupt ')) return `${id.slice('interrupt '.length)} is interrupted, as by Ctrl-C`;
  return PLANNED[id.replace(/ \d+$/, '')] ?? id;
}

const momentOf = (id: string, branch: string) =>
  id.startsWith('trap upload ') ? 'an upload is written' : id === 'trap drain' ? 'messages arrive' : branch;

const SERVICES: Readonly<Record<string, string>> = { sqs: 'SQS', dynamodb: 'DynamoDB', s3: 'S3' };

const TRAPS: Readonly<Record<string, string>> = {
  kill: 'all consumers die',
  drain: 'all consumers get SIGTERM',
  purge: 'all consumers die, and the queue is emptied',
  abort_uploads: 'an operator aborts every unfinished upload',
};

const PLANNED: Readonly<Record<string, string>> = {
  forged: 'a forged message is sent',
  duplicate: 'a valid message is sent once more',
  dead_lettered_by_hand: 'a valid message is put into the dead-letter queue by hand',
  redeliver: 'SQS delivers a message again before its time',
  resume: 'an operator resumes the job',
  produce_again: 'a producer sends the job once more',
  delete: 'an operator deletes the job',
  late: 'a message of the deleted job arrives late',
  redrive: 'an operator redrives dead letters',
  purge_dead_letters: 'an operator purges dead letters',
  look: 'an operator lists dead letters',
  drain: 'a consumer gets SIGTERM',
  kill: 'a consumer is killed',
  purge: 'an operator empties the queue',
};
