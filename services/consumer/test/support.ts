// A queue that records its calls, and load messages for it.
import {
  type BatchFailure,
  QUEUE_MESSAGE_BYTES,
  type QueuePort,
  type ReceivedMessage,
  type VisibilityChange,
} from '@movie-load/aws';
import { generateMovies } from '@movie-load/movies';
import {
  encodeLoadMessage,
  groupKey,
  groupOfMessage,
  type JobPlan,
  jobIdOf,
  moviesOfMessage,
  planJob,
  shapeOf,
} from '@movie-load/schema';

export interface FakeQueue extends QueuePort {
  readonly deleted: string[];
  readonly changes: VisibilityChange[][];
  /** The failures of the next calls, one each. */
  readonly deleteAnswers: (BatchFailure[] | Error)[];
  readonly changeAnswers: (BatchFailure[] | Error)[];
}

export function createFakeQueue(): FakeQueue {
  const deleted: string[] = [];
  const changes: VisibilityChange[][] = [];
  const deleteAnswers: (BatchFailure[] | Error)[] = [];
  const changeAnswers: (BatchFailure[] | Error)[] = [];
  const answer = (answers: (BatchFailure[] | Error)[]) => {
    const next = answers.shift() ?? [];
    if (next instanceof Error) throw next;
    return next;
  };
  return {
    name: 'fake.fifo',
    deleted,
    changes,
    deleteAnswers,
    changeAnswers,
    send: async () => [],
    receive: async () => [],
    delete: async (handles) => {
      const failures = answer(deleteAnswers);
      deleted.push(...handles.filter((_, at) => !failures.some(({ index }) => index === at)));
      return failures;
    },
    changeVisibility: async (requested) => {
      changes.push([...requested]);
      return answer(changeAnswers);
    },
    status: async () => ({ waiting: 0, inFlight: 0, delayed: 0, maximumMessageBytes: QUEUE_MESSAGE_BYTES }),
  };
}

export const refusal = (index: number, code: string, senderFault = false): BatchFailure => ({
  index,
  code,
  message: code,
  senderFault,
});

export function received(id: string, extra: Partial<ReceivedMessage> = {}): ReceivedMessage {
  return {
    messageId: id,
    receiptHandle: `handle-${id}`,
    body: '{}',
    groupId: 'group',
    deduplicationId: id,
    sequenceNumber: '1',
    receiveCount: 1,
    sentOn: 0,
    attributes: {},
    ...extra,
  };
}

export function testPlan(movies: number, moviesPerMessage = 1, nonce = 'test'): JobPlan {
  return planJob({ nonce, movies, movies_per_message: moviesPerMessage, seed: 7, generator: 1 });
}

/** Message `number` of the plan as a producer sends it. */
export function loadMessage(plan: JobPlan, number: number): { readonly body: string; readonly groupId: string } {
  const job_id = jobIdOf(plan);
  const group = groupOfMessage(shapeOf(plan), number);
  const movies = [...generateMovies(plan.seed, moviesOfMessage(plan, number))];
  const started_on = '2026-11-25T00:00:00.000Z';
  return {
    body: encodeLoadMessage({ job_id, plan, group, number, started_on, movies }),
    groupId: groupKey(job_id, group),
  };
}
