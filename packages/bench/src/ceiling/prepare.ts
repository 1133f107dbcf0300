// Records the exact inputs of the calls that our consumer makes for a job, before the measurement starts: the real
// store runs with a client that records each call and returns what DynamoDB would return.
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

/** One call: its operation and its input, which is both what the SDK takes and (as JSON) the body of the request. */
export interface PreparedCall {
  readonly operation: 'BatchWriteItem' | 'UpdateItem';
  readonly input: object;
}
/** The calls after a receive: writes, then counts. */
export type PreparedReceive = readonly PreparedCall[];

const BATCH_SIZE = 10;

export interface Prepared {
  readonly receives: readonly PreparedReceive[];
  readonly jobItem: TableItem;
}

export interface PrepareOptions {
  readonly table: string;
  /** The index of this process, and the number of processes, among which the receives are divided. */
  readonly index?: number;
  readonly processes?: number;
  /** The movies of a message. Default: generated. */
  readonly moviesOf?: (message: number) => readonly Movie[];
}

const generateMoviesOf = (plan: JobPlan) => (message: number) => [
  ...generateMovies(plan.seed, moviesOfMessage(plan, message)),
];

export async function prepare(
  plan: JobPlan,
  { table, index = 0, processes = 1, moviesOf = generateMoviesOf(plan) }: PrepareOptions,
): Promise<Prepared> {
  const job_id = jobIdOf(plan);
  const shape = shapeOf(plan);
  const receives: PreparedReceive[] = [];
  let jobItem: TableItem = {};
  let receiveIndex = 0;
  for (let group = 0; group < shape.groups; group++) {
    const { first, count } = messagesOfGroup(shape, group);
    for (let from = first; from < first + count; from += BATCH_SIZE) {
      if (receiveIndex++ % processes !== index) continue;
      const numbers = Array.from({ length: Math.min(BATCH_SIZE, first + count - from) }, (_, i) => from + i);
      const isLast = from + BATCH_SIZE >= first + count;
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

/** Returns a result for every write: for a ledger `storedCount` numbers, for the root a set that is not full. */
function recordingClient(calls: PreparedCall[], storedCount: number, onCreate: (item: TableItem) => void) {
  const numbers = Array.from({ length: storedCount }, (_, number) => String(number));
  return {
    send: (command: {
      readonly constructor: { readonly name: string };
      readonly input: { readonly Item?: TableItem };
    }) => {
      const operation = command.constructor.name.replace(/Command$/, '');
      if (operation === 'BatchWriteItem' || operation === 'UpdateItem') calls.push({ operation, input: command.input });
      if (command.input.Item) onCreate(command.input.Item);
      const isLedger = operation === 'UpdateItem' && JSON.stringify(command.input).includes('"ledger"');
      return Promise.resolve(
        isLedger && storedCount > 0 ? { Attributes: { stored: { NS: numbers } } } : { Attributes: {} },
      );
    },
  };
}
