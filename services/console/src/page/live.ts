// The one stream of events from the server, as a store that components read. It reconnects for ever.
import { useEffect, useSyncExternalStore } from 'react';
import type { ConsumerView, Events, JobProgress, JobsPage, Overview, Sample } from '../api.ts';

export interface Live {
  readonly connection: 'connecting' | 'live' | 'lost';
  readonly overview: Overview | null;
  readonly history: readonly Sample[];
  readonly jobs: JobsPage | null;
  readonly progress: JobProgress | null;
  /** How far the server's clock is ahead of this browser's, in milliseconds. */
  readonly aheadMs: number;
}

const HISTORY = 300;
const RETRY_MS = 1000;
const CLOCKS_DIFFER_MS = 1500;
/** The server sends something at least every 15 s; a stream that is silent for longer is dead. */
const SILENCE_MS = 40_000;

let state: Live = { connection: 'connecting', overview: null, history: [], jobs: null, progress: null, aheadMs: 0 };
const listeners = new Set<() => void>();
let source: EventSource | undefined;
let watched: string | undefined;
/** The build of the page that the server has. */
let build: string | undefined;
let retry: ReturnType<typeof setTimeout> | undefined;
let silence: ReturnType<typeof setTimeout> | undefined;

function set(change: Partial<Live>): void {
  state = { ...state, ...change };
  for (const listener of listeners) listener();
}

function connect(): void {
  clearTimeout(retry);
  source?.close();
  const opened = new EventSource(watched === undefined ? '/api/events' : `/api/events?job=${watched}`);
  source = opened;
  const on = <K extends keyof Events>(name: K, take: (data: Events[K]) => void) =>
    opened.addEventListener(name, (event: MessageEvent<string>) => {
      listen();
      take(JSON.parse(event.data));
    });
  on('hello', ({ page, history }) => {
    set({ connection: 'live', history });
    if (build !== undefined && build !== page) window.location.reload();
    build = page;
  });
  on('overview', (overview) => {
    const aheadMs = overview.at - Date.now();
    // An event's way takes time too: only a larger difference is one of the clocks.
    const isNew = Math.abs(aheadMs - state.aheadMs) > CLOCKS_DIFFER_MS;
    const history = [...state.history.slice(1 - HISTORY), overview.sample];
    set({ overview, history, ...(isNew && { aheadMs }) });
  });
  on('jobs', (jobs) => set({ jobs }));
  on('job', (progress) => set({ progress }));
  opened.addEventListener('beat', listen);
  opened.addEventListener('error', lost);
  listen();
}

/** Restarts the count of silence. */
function listen(): void {
  clearTimeout(silence);
  silence = setTimeout(lost, SILENCE_MS);
}

function lost(): void {
  source?.close();
  clearTimeout(silence);
  clearTimeout(retry);
  set({ connection: 'lost' });
  if (listeners.size > 0) retry = setTimeout(connect, RETRY_MS);
}

/** A page that is hidden for this long closes the stream, so that the server can rest. */
const HIDDEN_MS = 60_000;
let hiding: ReturnType<typeof setTimeout> | undefined;

document.addEventListener('visibilitychange', () => {
  clearTimeout(hiding);
  if (document.hidden) hiding = setTimeout(rest, HIDDEN_MS);
  else if (source?.readyState === EventSource.CLOSED) connect();
});

function rest(): void {
  source?.close();
  clearTimeout(silence);
  clearTimeout(retry);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (source === undefined) connect();
  return () => void listeners.delete(listener);
}

/** A part of the live state; renders again only when that part changes. */
export function useLive<T>(pick: (live: Live) => T): T {
  return useSyncExternalStore(subscribe, () => pick(state));
}

const NO_CONSUMERS: readonly ConsumerView[] = [];

export const useConsumers = (): readonly ConsumerView[] =>
  useLive(({ overview }) => overview?.consumers ?? NO_CONSUMERS);

/** A consumer as the overview calls it, then as ledgers and traces do; the latter alone when it is not among those. */
export function useConsumerName(instance: string): string {
  const name = useConsumers().find((one) => one.instance === instance)?.name;
  return name === undefined ? instance : `${name}, ${instance}`;
}

/** Asks the stream for a job's progress while the calling component is there. */
export function useWatchedJob(jobId: string): void {
  useEffect(() => {
    watched = jobId;
    set({ progress: null });
    connect();
    return () => {
      watched = undefined;
      connect();
    };
  }, [jobId]);
}
