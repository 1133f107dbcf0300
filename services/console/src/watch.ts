// The one loop that looks at AWS and the consumers, shared by all pages, running only while a page is open.
import type { Clock } from '@movie-load/aws';
import type { Events, JobProgress, JobsPage, Overview, Sample } from './api.ts';

export interface Sources {
  overview(): Promise<Overview>;
  jobs(): Promise<JobsPage>;
  /** Undefined while the job is not in the table. */
  progress(jobId: string): Promise<JobProgress | undefined>;
}

export type EventName = keyof Events;
/** Takes an event's data as JSON. Must not wait: a slow page misses events, it does not hold up others. */
export type Send = (event: EventName, json: string) => void;

export interface Watch {
  /** Sends events until the returned function is called. */
  subscribe(send: Send, jobId?: string): () => void;
  /** True while the loop runs. */
  readonly running: boolean;
}

export interface WatchOptions {
  readonly sources: Sources;
  readonly clock: Clock;
  readonly everyMs: number;
  /** Names the build of the page that is served. */
  readonly page: string;
  readonly onError: (error: unknown) => void;
}

const HISTORY = 300;
/** After a pause as long as this the old samples say nothing about now. */
const GAP_MS = 30_000;
/** Once in this number of turns everything is sent again, changed or not. */
const REFRESH = 10;
/** A page that comes is shown the overview of this many turns ago at most. */
const FRESH_TURNS = 2;
/** Jobs that are looked at in one turn; when pages show more, they take turns. */
const JOBS_A_TURN = 4;

export function createWatch({ sources, clock, everyMs, page, onError }: WatchOptions): Watch {
  const subscribers = new Map<Send, string | undefined>();
  /** What was sent last, by event (and job), so that only changes are sent, and a new page gets all at once. */
  const last = new Map<string, string>();
  let history: Sample[] = [];
  let loop: AbortController | undefined;
  let turn = 0;
  let lookedAt = Number.NEGATIVE_INFINITY;
  /** The loop that was told to end may still be in its last look: the next one begins after it. */
  let ended: Promise<void> = Promise.resolve();

  const publish = (event: EventName, data: unknown, jobId?: string) => {
    const json = JSON.stringify(data);
    const key = `${event} ${jobId ?? ''}`;
    if (event !== 'overview' && last.get(key) === json && turn % REFRESH !== 0) return;
    last.set(key, json);
    for (const [send, wants] of subscribers) if (jobId === undefined || wants === jobId) send(event, json);
  };

  const look = async () => {
    turn++;
    const jobIds = new Set([...subscribers.values()].flatMap((jobId) => jobId ?? []));
    for (const key of last.keys()) if (key.startsWith('job ') && !jobIds.has(key.slice(4))) last.delete(key);
    await Promise.all([
      attempt(async () => {
        const overview = await sources.overview();
        const previous = history.at(-1)?.at ?? 0;
        history =
          overview.at - previous > GAP_MS ? [overview.sample] : [...history.slice(1 - HISTORY), overview.sample];
        publish('overview', overview);
      }),
      attempt(async () => publish('jobs', await sources.jobs())),
      ...jobsOfTurn([...jobIds], turn).map((jobId) =>
        attempt(async () => {
          const progress = await sources.progress(jobId);
          if (progress) publish('job', progress, jobId);
        }),
      ),
    ]);
  };

  const attempt = async (work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      onError(error);
    }
  };

  const runLoop = async (signal: AbortSignal) => {
    while (!signal.aborted) {
      // Also between two loops: however often pages come and go, AWS is asked once in this time.
      const restMs = lookedAt + everyMs - clock.now();
      if (restMs > 0) await clock.sleep(restMs, signal).catch(() => undefined);
      if (signal.aborted) return;
      lookedAt = clock.now();
      await look();
    }
  };

  return {
    get running() {
      return loop !== undefined;
    },
    subscribe(send, jobId) {
      subscribers.set(send, jobId);
      send('hello', JSON.stringify({ page, history } satisfies Events['hello']));
      const isFresh = clock.now() - lookedAt < FRESH_TURNS * everyMs;
      for (const event of ['jobs', 'job', ...(isFresh ? (['overview'] as const) : [])] as const) {
        const known = last.get(`${event} ${event === 'job' ? (jobId ?? '') : ''}`);
        if (known !== undefined) send(event, known);
      }
      if (loop === undefined) {
        loop = new AbortController();
        const { signal } = loop;
        ended = ended.then(() => runLoop(signal));
      }
      return () => {
        subscribers.delete(send);
        if (subscribers.size > 0) return;
        loop?.abort();
        loop = undefined;
      };
    },
  };
}

/** The jobs that are looked at in this turn. */
function jobsOfTurn(jobIds: readonly string[], turn: number): readonly string[] {
  if (jobIds.length <= JOBS_A_TURN) return jobIds;
  const first = (turn * JOBS_A_TURN) % jobIds.length;
  return [...jobIds.slice(first), ...jobIds.slice(0, first)].slice(0, JOBS_A_TURN);
}
