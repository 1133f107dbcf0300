// The code that retries, or cleans up after a failure: each of its blocks must have run often.
import { readFileSync } from 'node:fs';
import { type Block, blocksOf, type FunctionCoverage } from './blocks.ts';

/** The functions that retry or clean up, by file. */
const RETRIES: Readonly<Record<string, readonly string[]>> = {
  'packages/aws/src/policy.ts': ['callWithPolicy', 'batchWithPolicy'],
  'packages/aws/src/resilient-ports.ts': ['putBatch'],
  'packages/aws/src/breaker.ts': ['createBreaker'],
  'packages/aws/src/errors.ts': ['classifyEntry'],
  'packages/queue/src/send.ts': ['sendJob', 'shareIterable'],
  'packages/queue/src/redrive.ts': ['redrive', 'sweepMatching', 'purgeDeadLetters'],
  'packages/queue/src/sweep.ts': ['sweep', 'countUnseen', 'deleteAll', 'changeVisibilities'],
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

const OPTION_ALWAYS_GIVEN = 'the simulation always sets this option';
const UNKNOWN_ENTRY = 'AWS names only entries that were sent';
const INVALID_REQUEST = 'only a request that AWS calls invalid leads there, and the oracle forbids such requests';
const NO_TRACES = 'the simulation sends no traces';
const DISPLAYED_TIMES = 'the simulation does not set `queueAheadMs`, which only corrects times that are displayed';
const ASSERTION_TEXT = 'the text of a broken assertion';

/** Blocks that need not run, as `<file> <function>: <first line>`, and why. */
const UNREACHED: Readonly<Record<string, string>> = {
  'packages/queue/src/send.ts sendJob: throw generatorMismatch(plan);': 'there is one generator',
  "packages/queue/src/send.ts sendJob: throw new UsageError('Consumers refuse this plan: nothing was sent.', { cause: error });":
    'the simulated plans are valid',
  'packages/queue/src/send.ts sendJob: ? stop.signal': OPTION_ALWAYS_GIVEN,
  'packages/queue/src/send.ts sendJob: ?? GROUPS_SENT_AT_ONCE': OPTION_ALWAYS_GIVEN,
  'packages/queue/src/redrive.ts redrive: && ids.has(deadLetter.message_id)':
    'no simulated message has 16 KB of attributes',
  'packages/queue/src/redrive.ts sweepMatching: ? Number.POSITIVE_INFINITY': OPTION_ALWAYS_GIVEN,
  'packages/queue/src/sweep.ts sweep: ?? false': OPTION_ALWAYS_GIVEN,
  'packages/queue/src/sweep.ts deleteAll: throw error;': INVALID_REQUEST,
  'packages/queue/src/sweep.ts deleteAll: ?? []': UNKNOWN_ENTRY,
  'packages/queue/src/sweep.ts changeVisibilities: throw error;': INVALID_REQUEST,
  'packages/jobs/src/slices.ts writeSlices: () => `slices with ${slicedMovies} movies of a batch with ${batchMovies}`':
    ASSERTION_TEXT,
  'packages/jobs/src/slices.ts writeSlices: ?? 0': 'each slice has a list of movies',
  "packages/jobs/src/store.ts storeBatch: if (outcome === 'deleted') throw expiredMarkerError(batch);":
    'no simulated run lasts for the 30 days after which a marker of a deletion expires',
  'services/consumer/src/handler.ts handle: (error) => {': 'a handler never throws',
  "services/consumer/src/handler.ts #storeOrRelease: ?? ''": 'a FIFO queue’s messages have groups',
  'services/consumer/src/handler.ts #storeOrRelease: ?? {}': 'every simulated message is sent to a group of a job',
  'services/consumer/src/handler.ts #storeOrRelease: await this.#releaseNewer([...unfinished], facts, extension);':
    'a message of a newer plan version would stay in the queue, and the queue must empty',
  "services/consumer/src/handler.ts #storeOrRelease: this.#end('bug', error);": INVALID_REQUEST,
  'services/consumer/src/handler.ts #storeOrRelease: ?.checked': NO_TRACES,
  'services/consumer/src/handler.ts #storeOrRelease: ({ reason }) => reason': NO_TRACES,
  'services/consumer/src/handler.ts #storeOrRelease: ?.failed': NO_TRACES,
  'services/consumer/src/handler.ts #storeOrRelease: ?.()': DISPLAYED_TIMES,
  'services/consumer/src/handler.ts #store: {': 'for metrics',
  'services/consumer/src/heartbeat.ts #beatOrEnd: {': 'no receive of the simulation lasts eleven hours',
  'services/consumer/src/heartbeat.ts #beat: ?? []': UNKNOWN_ENTRY,
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

const blockName = ({ where, in: inside, code }: Block) => `${where.replace(/:.*/, '')} ${inside}: ${code}`;

/** Blocks that ran too rarely, and for which `UNREACHED` has no reason. */
export const rareBlocks = (blocks: readonly Block[], minTimes: number): Block[] =>
  blocks.filter((block) => block.times < minTimes && !(blockName(block) in UNREACHED));

/** Entries of `UNREACHED` whose block no longer exists. */
export function staleReasons(blocks: readonly Block[]): string[] {
  const names = new Set(blocks.map(blockName));
  return Object.keys(UNREACHED).filter((name) => !names.has(name));
}

/** Functions of `RETRIES` that no longer exist. */
export function unknownFunctions(blocks: readonly Block[]): string[] {
  const foundNames = new Set(blocks.map(({ where, in: inside }) => `${where.replace(/:.*/, '')} ${inside}`));
  return Object.entries(RETRIES)
    .flatMap(([file, functions]) => functions.map((name) => `${file} ${name}`))
    .filter((name) => !foundNames.has(name));
}
