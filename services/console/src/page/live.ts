// The page's only event stream from the server, as a store for components. It reconnects for ever.
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
/** The server sends something at least every 15 s; a stream without events for longer is broken. */
const SILENCE_MS = 40_000;

let state: Live = { connection: 'connecting', overview: null, history: [], jobs: null, progress: null, aheadMs: 0 };
const listeners = new Set<() => void>();
let source: EventSource | undefined;
let watched: string | undefined;
/** The server's build of the page. */
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
    // Transport takes time, too: only a larger difference comes from the clocks.
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

/** Restarts the timer of the liveness check. */
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

/** A page that is hidden for this long closes the stream, so that the server stops reading for it. */
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

/** Selects a part of the live state; renders again only when that part changes. */
export function useLive<T>(pick: (live: Live) => T): T {
  return useSyncExternalStore(subscribe, () => pick(state));
}

const NO_CONSUMERS: readonly ConsumerView[] = [];

export const useConsumers = (): readonly ConsumerView[] =>
  useLive(({ overview }) => overview?.consumers ?? NO_CONSUMERS);

/** A consumer's name in the overview with its name in ledgers and traces; only the latter for an unknown consumer. */
export function useConsumerName(instance: string): string {
  const name = useConsumers().find((one) => one.instance === instance)?.name;
  return name === undefined ? instance : `${name}, ${instance}`;
}

/** Subscribes to a job's progress while the calling component is mounted. */
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
