// The world of a seed: everything that the seed decides before the run, such as jobs, settings, faults and events.
import { GENERATOR_VERSION } from '@movie-load/movies';
import { BUDGET_CHARACTERS, type JobPlan, jobPlanSchema, shapeOf } from '@movie-load/schema';
import type { Service } from '../engine/backend.ts';
import { type Dice, diceOf } from '../engine/dice.ts';
import type { FaultRates } from '../engine/faults.ts';
import { type Theme, themeOf } from './theme.ts';
import { allTrapsOf, type Trap } from './traps.ts';

export interface WorldJob {
  readonly plan: JobPlan;
  readonly startMs: number;
  readonly concurrency: number;
}

/** An event at a given time, independent of the processes. */
export type WorldEvent = { readonly id: string; readonly atMs: number } & (
  | { readonly kind: 'outage'; readonly service: Service; readonly forMs: number }
  | { readonly kind: 'forged'; readonly which: number; readonly job: number; readonly number: number }
  | { readonly kind: 'duplicate'; readonly job: number; readonly number: number }
  | { readonly kind: 'dead_lettered_by_hand'; readonly job: number; readonly number: number }
  /** A message in flight is delivered again before its visibility timeout ends. */
  | { readonly kind: 'redeliver' }
  | { readonly kind: 'resume'; readonly job: number }
  | { readonly kind: 'produce_again'; readonly job: number }
  | { readonly kind: 'delete'; readonly job: number; readonly force: boolean }
  | { readonly kind: 'redrive' }
  | { readonly kind: 'purge_dead_letters' }
  /** An operator lists the dead letters, or runs a redrive as a dry run. */
  | { readonly kind: 'look' }
  | { readonly kind: 'drain'; readonly consumer: number }
  | { readonly kind: 'kill'; readonly consumer: number }
  | { readonly kind: 'purge' }
);

export interface World {
  readonly jobs: readonly WorldJob[];
  readonly consumers: number;
  readonly pollers: number;
  /** The gate's budget of characters in a process. */
  readonly budgetCharacters: number;
  /** The most messages of a receive. */
  readonly receiveMax: number;
  readonly visibilitySeconds: number;
  readonly drainSeconds: number;
  readonly maxReceiveCount: number;
  readonly latencyMs: number;
  /** The largest error of a process's clock. */
  readonly skewMs: number;
  /** The largest age of the state that an eventually consistent read returns. */
  readonly staleMs: number;
  /** The most items of a page of a query. */
  readonly pageItems: number;
  /**
   * The minimum movies of a part: few, so that objects have several parts; or more than any job of these worlds
   * has.
   */
  readonly minPartMovies: number;
  /** The largest part that is buffered in memory. */
  readonly bufferBytes: number;
  /** Parts that S3 lists on one page. */
  readonly pageParts: number;
  /** Each upload of a part has another ETag, as with SSE-KMS. */
  readonly etagsVary: boolean;
  /** The characters of messages that a consumer stores at once; undefined: the consumer's default. */
  readonly pieceCharacters: number | undefined;
  readonly rates: FaultRates;
  /** The maximum number of faults, see `FaultOptions`. */
  readonly budget: number;
  readonly events: readonly WorldEvent[];
  readonly traps: readonly Trap[];
  /** Milliseconds after the start when faults stop. */
  readonly faultsStopMs: number;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** @param movies of its only job; without it the seed decides the number of jobs and of their movies */
export function worldOf(seed: number, movies?: number): World {
  const dice = diceOf(seed, 'world');
  const theme = themeOf(seed);
  const latencyMs = dice.pick([5, 20, 50, 200]);
  // Long enough for many round trips: otherwise messages would be delivered again before any receive is processed.
  const minVisibilitySeconds = Math.ceil((latencyMs * 200) / SECOND);
  const visibilitySeconds = Math.max(dice.int(8, 60), minVisibilitySeconds);
  const count = dice.chance(0.6) && movies === undefined ? 2 : 1;
  const jobs = Array.from({ length: count }, (_, index) => jobOf(seed, { index, theme, movies }, dice));
  const consumers = dice.int(2, 3);
  const faultsStopMs = dice.int(3, 15) * MINUTE;
  // A message has some 500 characters.
  const gateDice = diceOf(seed, 'gate');
  const budgetCharacters = gateDice.chance(0.4) ? gateDice.int(1000, 8000) : BUDGET_CHARACTERS;
  return {
    jobs,
    consumers,
    pollers: dice.int(1, 4),
    receiveMax: dice.pick([1, 3, 10, 10]),
    visibilitySeconds,
    drainSeconds: dice.int(2, 10),
    maxReceiveCount: theme === 'redrives' ? dice.int(1, 3) : dice.pick([3, 10, 10, 10]),
    latencyMs,
    skewMs: dice.pick([0, 0, 200, 2000, (visibilitySeconds * SECOND) / 4]),
    staleMs: dice.pick([1000, 10_000, 60_000]),
    pageItems: dice.int(1, 4),
    budgetCharacters,
    pieceCharacters: dice.chance(0.3) ? dice.int(300, 2000) : undefined,
    ...partsOf(seed, theme),
    rates: ratesOf(theme, dice),
    budget: theme === 'everything' ? 120 : dice.int(5, 60),
    traps: allTrapsOf(seed, theme, dice),
    ...eventsOf(seed, dice, jobs, consumers, faultsStopMs),
  };
}

interface JobOptions {
  readonly index: number;
  readonly theme: Theme;
  readonly movies: number | undefined;
}

function jobOf(seed: number, { index, theme, movies }: JobOptions, dice: Dice): WorldJob {
  const movies_per_message = dice.int(1, 3);
  const group_size = dice.int(3, 5);
  const groups = dice.pick([1, 2, 3, 4, 5, 7]);
  const messages = dice.int((groups - 1) * group_size + 1, groups * group_size);
  const plan = jobPlanSchema.parse({
    version: diceOf(seed, `version ${index}`).chance(0.15) ? 1 : 2,
    nonce: `job-${index}`,
    movies: movies ?? Math.max(1, messages * movies_per_message - dice.int(0, movies_per_message - 1)),
    movies_per_message,
    group_size,
    fan_out: dice.int(2, 3),
    seed: dice.chance(0.5) ? seed : 7,
    generator: GENERATOR_VERSION,
  });
  const startMs = index === 0 ? 0 : dice.pick([0, 5, 30]) * SECOND;
  return { plan, startMs, concurrency: theme === 'forged messages' ? 1 : dice.int(1, 4) };
}

const MORE_THAN_ANY_JOB = 64 * 1024;

function partsOf(seed: number, theme: Theme): Pick<World, 'minPartMovies' | 'bufferBytes' | 'pageParts' | 'etagsVary'> {
  const dice = diceOf(seed, 'parts');
  const isLikely = theme === 'assembly' || theme === 'uploads';
  return {
    minPartMovies: dice.chance(isLikely ? 0.9 : 0.6) ? dice.int(2, 24) : MORE_THAN_ANY_JOB,
    bufferBytes: dice.chance(0.3) ? dice.int(100, 2000) : MORE_THAN_ANY_JOB,
    pageParts: dice.int(1, 4),
    etagsVary: dice.chance(0.5),
  };
}

function ratesOf(theme: Theme, dice: Dice): FaultRates {
  const rate = (themes: readonly Theme[], high: number, low: number) =>
    dice.next() * (themes.includes(theme) || theme === 'everything' ? high : low);
  return {
    refused: rate(['outages', 'throttling'], 0.1, 0.01),
    throttled: rate(['throttling'], 0.25, 0.01),
    lost_request: rate(['outages'], 0.05, 0.005),
    lost_answer: rate(['lost answers', 'resumes', 'redrives'], 0.2, 0.01),
    late_effect: rate(['lost answers', 'zombies', 'assembly', 'uploads'], 0.1, 0.005),
    batch_trouble: rate(['throttling', 'lost answers', 'resumes', 'redrives'], 0.4, 0.06),
    slow: rate(['zombies', 'assembly', 'uploads'], 0.1, 0.01),
    crash_then_effect: rate(['crashes', 'resumes', 'redrives', 'assembly', 'uploads'], 0.04, 0.004),
    crash_before_effect: rate(['crashes', 'resumes', 'redrives', 'assembly', 'uploads'], 0.04, 0.004),
    crash_after_effect: rate(['crashes', 'resumes', 'redrives', 'assembly', 'uploads'], 0.06, 0.004),
    crash_asleep: rate(['crashes', 'assembly', 'uploads'], 0.02, 0.002),
    stall: rate(['zombies', 'assembly', 'uploads'], 0.06, 0.004),
    stall_asleep: rate(['zombies'], 0.02, 0.002),
  };
}

function eventsOf(seed: number, dice: Dice, jobs: readonly WorldJob[], consumers: number, faultsStopMs: number) {
  const theme = themeOf(seed);
  const events: WorldEvent[] = [];
  const isEverything = theme === 'everything';
  const add = (kind: string, times: number, make: (id: string, atMs: number) => WorldEvent, within = faultsStopMs) => {
    for (let count = 0; count < times; count += 1) events.push(make(`${kind} ${count}`, dice.int(0, within)));
  };
  const randomCount = (themes: readonly Theme[], many: number, few: number) =>
    dice.int(0, themes.includes(theme) || isEverything ? many : few);
  const anyMessage = () => {
    const job = dice.int(0, jobs.length - 1);
    const { plan } = jobs[job] ?? {};
    return { job, number: plan === undefined ? 0 : dice.int(0, shapeOf(plan).messages - 1) };
  };
  const early = dice.pick([5, 30, 120]) * SECOND;

  add(
    'forged',
    randomCount(['forged messages'], 12, 1),
    (id, atMs) => ({ id, atMs, kind: 'forged', which: dice.int(0, 99), ...anyMessage() }),
    early,
  );
  add(
    'duplicate',
    randomCount(['zombies', 'resumes'], 6, 1),
    (id, atMs) => ({ id, atMs, kind: 'duplicate', ...anyMessage() }),
    early,
  );
  add('dead_lettered_by_hand', randomCount(['redrives'], 2, 0), (id, atMs) => ({
    id,
    atMs,
    kind: 'dead_lettered_by_hand',
    ...anyMessage(),
  }));
  add('redeliver', randomCount(['zombies', 'lost answers'], 8, 1), (id, atMs) => ({ id, atMs, kind: 'redeliver' }));
  add('resume', randomCount(['resumes', 'redrives'], 4, 1), (id, atMs) => ({
    id,
    atMs,
    kind: 'resume',
    job: dice.int(0, jobs.length - 1),
  }));
  add('produce_again', randomCount(['resumes'], 2, 0), (id, atMs) => ({
    id,
    atMs,
    kind: 'produce_again',
    job: dice.int(0, jobs.length - 1),
  }));
  add('redrive', randomCount(['redrives', 'forged messages'], 6, 1), (id, atMs) => ({ id, atMs, kind: 'redrive' }));
  add(
    'drain',
    randomCount(['crashes', 'assembly', 'uploads'], 3, 1),
    (id, atMs) => ({ id, atMs, kind: 'drain', consumer: dice.int(0, consumers - 1) }),
    // Mostly while there is something to store.
    dice.chance(0.7) ? early : faultsStopMs,
  );
  add('kill', randomCount(['crashes'], 4, 1), (id, atMs) => ({
    id,
    atMs,
    kind: 'kill',
    consumer: dice.int(0, consumers - 1),
  }));
  if ((theme === 'resumes' || isEverything) && dice.chance(0.4))
    add('purge', 1, (id, atMs) => ({ id, atMs, kind: 'purge' }), early);

  events.push(...deadLetterEventsOf(seed, theme, faultsStopMs));

  const outages = outagesOf(dice, theme, randomCount(['outages', 'assembly', 'uploads'], 3, 0));
  const ends = outages.map(({ atMs, forMs }) => atMs + forMs);
  return { events: [...events, ...outages], faultsStopMs: Math.max(faultsStopMs, ...ends) };
}

function outagesOf(dice: Dice, theme: Theme, count: number) {
  return Array.from({ length: count }, (_, index) => {
    const service = theme === 'assembly' || theme === 'uploads' ? 's3' : dice.pick(['sqs', 'dynamodb', 's3'] as const);
    // Some last longer than ten receives with their growing delays.
    const forMs = dice.chance(0.08) ? dice.int(1, 5) * HOUR : dice.int(1, 300) * SECOND;
    const atMs = dice.int(0, 60 * SECOND);
    return { id: `outage ${index}`, atMs, kind: 'outage', service, forMs } as const;
  });
}

/** Other operators at the dead-letter queue, while redrives run. */
function deadLetterEventsOf(seed: number, theme: Theme, faultsStopMs: number): readonly WorldEvent[] {
  const dice = diceOf(seed, 'dead letters');
  const isLikely = theme === 'redrives' || theme === 'forged messages' || theme === 'everything';
  return (['purge_dead_letters', 'look'] as const).flatMap((kind) => {
    const times = dice.int(0, isLikely ? 5 : 1);
    return Array.from({ length: times }, (_, at) => ({ id: `${kind} ${at}`, atMs: dice.int(0, faultsStopMs), kind }));
  });
}
