// Reads the state of a simulated world for recordings: messages, sets, parts and objects.
import { IN_FLIGHT, type Message } from '@movie-load/local-aws';
import { childrenOf, DEAD_LETTER_ATTRIBUTES, groupKey, JOB_PART, LEDGER_PART, type TreeNode } from '@movie-load/schema';
import { EPOCH_MS } from '../engine/scheduler.ts';
import type { ExpectedJob } from '../oracle/expected.ts';
import { numbersOf } from '../oracle/numbers.ts';
import type { Simulation } from '../run/simulation.ts';
import type { Item } from '../services/dynamodb.ts';
import { NAMES } from '../world/names.ts';
import type { JobState, MessageState, RecordedJob } from './recording.ts';

/** The facts of a job that do not change. */
export function recordedJob(job: ExpectedJob): RecordedJob {
  const { plan, job_id, shape, parts } = job;
  const groups = Array.from({ length: shape.groups }, (_, group) => job.messagesOf(group).first);
  const sets = [...setsOf(job)].map(({ name, bound }) => ({ name, bound }));
  return { name: plan.nonce, job_id, movies: plan.movies, messages: shape.messages, groups, sets, parts: parts.length };
}

interface SetOfJob {
  readonly name: string;
  readonly bound: number;
  /** Its key in the table. */
  readonly hash: string;
  readonly part: string;
  readonly attribute: string;
}

function* setsOf(job: ExpectedJob): Generator<SetOfJob> {
  const { job_id, shape, tree } = job;
  for (let group = 0; group < shape.groups; group += 1) {
    const hash = groupKey(job_id, group);
    const bound = job.messagesOf(group).count;
    yield { name: `ledger of group ${group}`, bound, hash, part: LEDGER_PART, attribute: 'stored' };
  }
  for (let level = 1; level < tree.levels.length; level += 1) {
    for (let node = 0; node < (tree.levels[level] ?? 0); node += 1) {
      const treeNode: TreeNode = { level, node };
      const part = `done#${level}#${node}`;
      yield {
        name: `node ${node} of level ${level}`,
        bound: childrenOf(tree, treeNode),
        hash: job_id,
        part,
        attribute: 'done',
      };
    }
  }
  const bound = childrenOf(tree, { level: 'root' });
  yield { name: 'root', bound, hash: job_id, part: JOB_PART, attribute: 'done' };
}

const ascending = (numbers: Iterable<number>) => [...numbers].sort((a, b) => a - b);

export function jobState(job: ExpectedJob, { dynamodb, s3, oracle }: Simulation): JobState {
  const item = (hash: string, part: string) => dynamodb.item(NAMES.table, { job_id: { S: hash }, part: { S: part } });
  const jobItem = item(job.job_id, JOB_PART);
  const upload = jobItem?.upload_id?.S;
  const numbers = Array.from({ length: job.shape.messages }, (_, number) => number);
  const objectExists = s3.engine.bytes(NAMES.bucket, job.objectKey) !== undefined;
  return {
    status: statusOf(jobItem),
    stored: numbers.filter((number) => oracle.stored.isStored(job, number)),
    sets: [...setsOf(job)].map(({ hash, part, attribute }) => ascending(numbersOf(item(hash, part), attribute))),
    parts: upload === undefined ? [] : ascending(s3.uploadedParts(NAMES.bucket, upload) ?? []),
    object: !objectExists ? 'none' : oracle.stored.isObjectCorrect(job) ? 'right' : 'wrong',
  };
}

function statusOf(item: Item | undefined): JobState['status'] {
  if (item?.deleted_on !== undefined) return 'deleted';
  const status = item?.status?.S;
  return status === 'COMPLETE' || status === 'RUNNING' ? status : 'none';
}

export interface MessageSnapshot {
  readonly id: string;
  readonly state: MessageState;
}

/** @param receiverOf the process that received a message last, by the message's id */
export function* currentMessages(
  { sqs, jobs, oracle, scheduler }: Simulation,
  receiverOf: (id: string) => string | undefined,
): Generator<MessageSnapshot> {
  for (const [name, queue] of [
    [NAMES.queue, 'queue'],
    [NAMES.dlq, 'dead_letters'],
  ] as const) {
    for (const message of sqs.engine.queueByName(name).messages()) {
      const { id, body, groupId, receiveCount, state, dueAt } = message;
      const identity = oracle.identify(body, originalGroupOf(message) ?? groupId);
      const isInFlight = state === IN_FLIGHT && dueAt > scheduler.now();
      yield {
        id,
        state: {
          queue,
          of: identity === undefined ? null : { job: jobs.indexOf(identity.job), number: identity.number },
          receives: receiveCount,
          in_flight: isInFlight ? { by: receiverOf(id) ?? '?', until_ms: dueAt - EPOCH_MS } : null,
        },
      };
    }
  }
}

const originalGroupOf = ({ attributes }: Message): string | undefined =>
  attributes?.[DEAD_LETTER_ATTRIBUTES.originalGroup]?.StringValue;
