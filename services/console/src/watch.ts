// The only loop that reads AWS and the consumers. All pages share it; it runs only while a page is open.
import type { Clock } from '@movie-load/aws';
import type { Events, JobProgress, JobsPage, Overview, Sample } from './api.ts';

export interface Sources {
  overview(): Promise<Overview>;
  jobs(): Promise<JobsPage>;
  /** Undefined while the job is not in the table. */
  progress(jobId: string): Promise<JobProgress | undefined>;
}

export type EventName = keyof Events;
/** Receives an event's data as JSON. Must not wait: a slow page misses events instead of delaying others. */
export type Send = (event: EventName, json: string) => void;

export interface WatchOptions {
  readonly sources: Sources;
  readonly clock: Clock;
  readonly everyMs: number;
  /** Identifies the served build of the page. */
  readonly page: string;
  readonly onError: (error: unknown) => void;
}

/** Number of samples that a new page gets for its charts. */
const MAX_SAMPLES = 300;
/** After a pause of this length the old samples are no longer useful. */
const GAP_MS = 30_000;
/** A turn is one read of all sources. After this number of turns everything is sent again, changed or not. */
const REFRESH_TURNS = 10;
/** A new page gets the last overview only if it is at most this number of turns old. */
const FRESH_TURNS = 2;
/** Number of jobs whose progress is read per turn; if pages show more, each turn reads the next ones. */
const JOBS_PER_TURN = 4;

export class Watch {
  readonly #options: WatchOptions;
  readonly #subscribers = new Map<Send, string | undefined>();
  /** The last data by event (and job), so that only changes are sent and a new page gets everything at once. */
  readonly #last = new Map<string, string>();
  #history: Sample[] = [];
  #loop: AbortController | undefined;
  #turn = 0;
  #lastReadOn = Number.NEGATIVE_INFINITY;
  /** Resolves when the previous loop has ended, which may still be reading: the next loop begins after it. */
  #ended: Promise<void> = Promise.resolve();

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  /** True while the loop runs. */
  get running(): boolean {
    return this.#loop !== undefined;
  }

  /** Sends events until the returned function is called. */
  subscribe(send: Send, jobId?: string): () => void {
    const { clock, everyMs, page } = this.#options;
    this.#subscribers.set(send, jobId);
    send('hello', JSON.stringify({ page, history: this.#history } satisfies Events['hello']));
    const isFresh = clock.now() - this.#lastReadOn < FRESH_TURNS * everyMs;
    for (const event of ['jobs', 'job', ...(isFresh ? (['overview'] as const) : [])] as const) {
      const lastJson = this.#last.get(keyOf(event, event === 'job' ? jobId : undefined));
      if (lastJson !== undefined) send(event, lastJson);
    }
    if (this.#loop === undefined) {
      this.#loop = new AbortController();
      const { signal } = this.#loop;
      this.#ended = this.#ended.then(() => this.#run(signal));
    }
    return () => {
      this.#subscribers.delete(send);
      if (this.#subscribers.size > 0) return;
      this.#loop?.abort();
      this.#loop = undefined;
    };
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { clock, everyMs } = this.#options;
    while (!signal.aborted) {
      // Waits also between two loops: AWS is read once per interval however often pages open and close.
      const waitMs = this.#lastReadOn + everyMs - clock.now();
      if (waitMs > 0) await clock.sleep(waitMs, signal).catch(() => undefined);
      if (signal.aborted) return;
      this.#lastReadOn = clock.now();
      await this.#readSources();
    }
  }

  async #readSources(): Promise<void> {
    const { sources, onError } = this.#options;
    this.#turn++;
    const jobIds = new Set([...this.#subscribers.values()].flatMap((jobId) => jobId ?? []));
    for (const key of this.#last.keys())
      if (key.startsWith('job ') && !jobIds.has(key.slice(4))) this.#last.delete(key);
    const reads = [
      async () => this.#publishOverview(await sources.overview()),
      async () => this.#publish('jobs', await sources.jobs()),
      ...jobsOfTurn([...jobIds], this.#turn).map((jobId) => async () => {
        const progress = await sources.progress(jobId);
        if (progress) this.#publish('job', progress, jobId);
      }),
    ];
    await Promise.all(reads.map((read) => read().catch(onError)));
  }

  #publishOverview(overview: Overview): void {
    const isGap = overview.at - (this.#history.at(-1)?.at ?? 0) > GAP_MS;
    this.#history = [...(isGap ? [] : this.#history.slice(1 - MAX_SAMPLES)), overview.sample];
    this.#publish('overview', overview);
  }

  #publish(event: EventName, data: unknown, jobId?: string): void {
    const json = JSON.stringify(data);
    const key = keyOf(event, jobId);
    if (event !== 'overview' && this.#last.get(key) === json && this.#turn % REFRESH_TURNS !== 0) return;
    this.#last.set(key, json);
    for (const [send, watchedJobId] of this.#subscribers)
      if (jobId === undefined || watchedJobId === jobId) send(event, json);
  }
}

const keyOf = (event: EventName, jobId = ''): string => `${event} ${jobId}`;

/** The jobs that are read in this turn. */
function jobsOfTurn(jobIds: readonly string[], turn: number): readonly string[] {
  if (jobIds.length <= JOBS_PER_TURN) return jobIds;
  const first = (turn * JOBS_PER_TURN) % jobIds.length;
  return [...jobIds.slice(first), ...jobIds.slice(0, first)].slice(0, JOBS_PER_TURN);
}
