// The code that retries, or cleans up after a failure: each of its blocks must have run often.
import { readFileSync } from 'node:fs';
import { type Block, blocksOf, type FunctionCoverage } from './blocks.ts';

/** Functions by their file. */
const RETRIES: Readonly<Record<string, readonly string[]>> = {
  'packages/aws/src/policy.ts': ['callWithPolicy', 'batchWithPolicy'],
  'packages/aws/src/resilient-ports.ts': ['putBatch'],
  'packages/aws/src/breaker.ts': ['createBreaker'],
  'packages/aws/src/errors.ts': ['classifyEntry'],
  'packages/queue/src/send.ts': ['sendJob', 'oneAtATime'],
  'packages/queue/src/redrive.ts': ['redrive', 'sweepMatching', 'purgeDeadLetters'],
  'packages/queue/src/sweep.ts': ['sweep', 'countUnseen', 'deleteAll', 'changeAll'],
  'packages/queue/src/dead-letter.ts': ['deadLetter'],
  'packages/jobs/src/slices.ts': ['writeSlices'],
  'packages/jobs/src/store.ts': ['storeBatch'],
  'services/consumer/src/handler.ts': [
    'handle',
    'drain',
    '#handleReceive',
    '#storeOrRelease',
    '#refuse',
    '#store',
    '#delete',
    '#release',
  ],
  'services/consumer/src/heartbeat.ts': ['extend', '#loop', '#beatOrEnd', '#beat', '#finish'],
  'services/consumer/src/release.ts': ['release', 'releaseChanges'],
  'services/consumer/src/gate.ts': ['createGate'],
  'services/consumer/src/poller.ts': ['#beforeReceive', '#handle', '#received', '#failed', 'drainPollers'],
};

const DEFAULT = 'the simulation gives this option';
const IMPOSSIBLE = 'AWS names only entries that were sent';
const BUG = 'only a request that AWS calls invalid leads there, which the oracle forbids';
const TRACES = 'no traces are sent from the simulation';
const SHOWN = 'only the times that people are shown depend on how far SQS’s clock is ahead';
const INVARIANT = 'the text of a broken assertion';

/** Blocks that need not run, as `<file> <function>: <first line>`, and why. */
const UNREACHED: Readonly<Record<string, string>> = {
  'packages/queue/src/send.ts sendJob: throw otherGenerator(plan);': 'there is one generator',
  "packages/queue/src/send.ts sendJob: throw new UsageError('Consumers refuse this plan: nothing was sent.', { cause: error });":
    'the simulated plans are valid',
  'packages/queue/src/send.ts sendJob: ? stop.signal': DEFAULT,
  'packages/queue/src/send.ts sendJob: ?? CONCURRENCY': DEFAULT,
  'packages/queue/src/redrive.ts redrive: && ids.has(deadLetter.message_id)':
    'no simulated message has 16 KB of attributes',
  'packages/queue/src/redrive.ts sweepMatching: ? Number.POSITIVE_INFINITY': DEFAULT,
  'packages/queue/src/sweep.ts sweep: ?? false': DEFAULT,
  'packages/queue/src/sweep.ts deleteAll: throw error;': BUG,
  'packages/queue/src/sweep.ts deleteAll: ?? []': IMPOSSIBLE,
  'packages/queue/src/sweep.ts changeAll: throw error;': BUG,
  'packages/jobs/src/slices.ts writeSlices: () => `slices with ${stored} movies of a batch with ${given}`': INVARIANT,
  'packages/jobs/src/slices.ts writeSlices: ?? 0': 'each slice has a list of movies',
  "packages/jobs/src/store.ts storeBatch: if (end === 'deleted') throw leftover(batch);":
    'no simulated run lasts for the 30 days after which a marker of a deletion expires',
  'services/consumer/src/handler.ts handle: (error) => {': 'a handler never throws',
  "services/consumer/src/handler.ts #storeOrRelease: ?? ''": 'a FIFO queue’s messages have groups',
  'services/consumer/src/handler.ts #storeOrRelease: ?? {}': 'every simulated message is sent to a group of a job',
  'services/consumer/src/handler.ts #storeOrRelease: await this.#releaseNewer([...left], facts, extension);':
    'a message of a newer plan version would stay in the queue, and the queue must empty',
  "services/consumer/src/handler.ts #storeOrRelease: this.#leave('bug', error);": BUG,
  'services/consumer/src/handler.ts #storeOrRelease: ?.checked': TRACES,
  'services/consumer/src/handler.ts #storeOrRelease: ({ reason }) => reason': TRACES,
  'services/consumer/src/handler.ts #storeOrRelease: ?.failed': TRACES,
  'services/consumer/src/handler.ts #storeOrRelease: ?.()': SHOWN,
  'services/consumer/src/handler.ts #store: {': 'for metrics',
  'services/consumer/src/heartbeat.ts #beatOrEnd: {': 'no receive of the simulation lasts eleven hours',
  'services/consumer/src/heartbeat.ts #beat: ?? []': IMPOSSIBLE,
  'services/consumer/src/gate.ts createGate: get allowed() {': 'for metrics',
};

export type Counts = Readonly<Record<string, readonly FunctionCoverage[]>>;

const ROOT = new URL('../../../../', import.meta.url);

/** The blocks of all retries, summed over the workers. */
export function retryBlocks(workers: readonly Counts[]): Block[] {
  return Object.entries(RETRIES).flatMap(([file, functions]) => {
    const source = readFileSync(new URL(file, ROOT), 'utf8');
    return blocksOf({ file, source, workers: workers.map((counts) => counts[file] ?? []) }, functions);
  });
}

const nameOf = ({ where, in: inside, code }: Block) => `${where.replace(/:.*/, '')} ${inside}: ${code}`;

/** Blocks that ran too rarely, without a reason. */
export const tooRare = (blocks: readonly Block[], least: number): Block[] =>
  blocks.filter((block) => block.times < least && !(nameOf(block) in UNREACHED));

/** Reasons for blocks that do not exist. */
export function staleReasons(blocks: readonly Block[]): string[] {
  const names = new Set(blocks.map(nameOf));
  return Object.keys(UNREACHED).filter((name) => !names.has(name));
}

/** Functions that do not exist. */
export function unknownFunctions(blocks: readonly Block[]): string[] {
  const known = new Set(blocks.map(({ where, in: inside }) => `${where.replace(/:.*/, '')} ${inside}`));
  return Object.entries(RETRIES)
    .flatMap(([file, functions]) => functions.map((name) => `${file} ${name}`))
    .filter((name) => !known.has(name));
}
