// The exact inputs of the calls that our consumer makes for a job, recorded before the clock starts: the real store
// runs against a client that records its calls and answers like DynamoDB.
import {
  openObjects,
  openTable,
  resilientTable,
  systemClock,
  systemRandom,
  type TableItem,
  toolPolicy,
} from '@movie-load/aws';
import { createJobStore } from '@movie-load/jobs';
import { generateMovies } from '@movie-load/movies';
import { type JobPlan, jobIdOf, type Movie, messagesOfGroup, moviesOfMessage, shapeOf } from '@movie-load/schema';

/** One call: its operation, and its input as the SDK takes it and as JSON on the wire. */
export interface PreparedCall {
  readonly operation: 'BatchWriteItem' | 'UpdateItem';
  readonly input: object;
}
/** The calls after a receive: writes, then counts. */
export type PreparedReceive = readonly PreparedCall[];

const BATCH = 10;

export interface Prepared {
  readonly receives: readonly PreparedReceive[];
  readonly jobItem: TableItem;
}

export interface PrepareOptions {
  readonly table: string;
  /** The part of the receives that this process makes, and the number of parts. */
  readonly index?: number;
  readonly processes?: number;
  /** The movies of a message. Default: generated. */
  readonly moviesOf?: (message: number) => readonly Movie[];
}

const generated = (plan: JobPlan) => (message: number) => [
  ...generateMovies(plan.seed, moviesOfMessage(plan, message)),
];

export async function prepare(
  plan: JobPlan,
  { table, index = 0, processes = 1, moviesOf = generated(plan) }: PrepareOptions,
): Promise<Prepared> {
  const job_id = jobIdOf(plan);
  const shape = shapeOf(plan);
  const receives: PreparedReceive[] = [];
  let jobItem: TableItem = {};
  let turn = 0;
  for (let group = 0; group < shape.groups; group++) {
    const { first, count } = messagesOfGroup(shape, group);
    for (let from = first; from < first + count; from += BATCH) {
      if (turn++ % processes !== index) continue;
      const numbers = Array.from({ length: Math.min(BATCH, first + count - from) }, (_, i) => from + i);
      const isLast = from + BATCH >= first + count;
      const calls: PreparedCall[] = [];
      const store = createJobStore({
        table: resilientTable(
          openTable(
            {
              dynamodb: recordingClient(calls, isLast ? count : 0, (item) => {
                jobItem = item;
              }),
            },
            table,
          ),
          toolPolicy(),
        ),
        objects: openObjects({ s3: { send: () => Promise.reject(new Error('no object is written here')) } }, 'none'),
        clock: systemClock,
        random: systemRandom,
        instance: `bench-${index}`,
      });
      const now = Date.now();
      await store.store(
        {
          plan,
          job_id,
          group,
          started_on: new Date(now).toISOString(),
          messages: numbers.map((number) => ({
            number,
            movies: moviesOf(number),
            sent_on: now,
            received_on: now,
            receives: 1,
          })),
        },
        { signal: new AbortController().signal },
      );
      receives.push(calls);
    }
  }
  return { receives, jobItem };
}

/** Answers every write: a ledger's update with `stored` numbers, the root's update as not full. */
function recordingClient(calls: PreparedCall[], stored: number, onCreate: (item: TableItem) => void) {
  const numbers = Array.from({ length: stored }, (_, number) => String(number));
  return {
    send: (command: {
      readonly constructor: { readonly name: string };
      readonly input: { readonly Item?: TableItem };
    }) => {
      const operation = command.constructor.name.replace(/Command$/, '');
      if (operation === 'BatchWriteItem' || operation === 'UpdateItem') calls.push({ operation, input: command.input });
      if (command.input.Item) onCreate(command.input.Item);
      const isLedger = operation === 'UpdateItem' && JSON.stringify(command.input).includes('"ledger"');
      return Promise.resolve(isLedger && stored > 0 ? { Attributes: { stored: { NS: numbers } } } : { Attributes: {} });
    },
  };
}
