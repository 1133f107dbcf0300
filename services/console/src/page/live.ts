// The page's only event stream from the server, as a store for components. It reconnects after a failure, and is closed
// while the page is hidden.
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

const MAX_SAMPLES = 300;
const RETRY_MS = 1000;
const CLOCKS_DIFFER_MS = 1500;
/** The server sends something at least every 15 s; a stream without events for longer is broken. */
const SILENCE_MS = 40_000;

let state: Live = { connection: 'connecting', overview: null, history: [], jobs: null, progress: null, aheadMs: 0 };
const listeners = new Set<() => void>();
let source: EventSource | undefined;
let watchedJobId: string | undefined;
/** The server's build of the page. */
let pageBuild: string | undefined;
let retryTimer: ReturnType<typeof setTimeout> | undefined;
let silenceTimer: ReturnType<typeof setTimeout> | undefined;

function set(change: Partial<Live>): void {
  state = { ...state, ...change };
  for (const listener of listeners) listener();
}

function connect(): void {
  clearTimeout(retryTimer);
  source?.close();
  const opened = new EventSource(watchedJobId === undefined ? '/api/events' : `/api/events?job=${watchedJobId}`);
  source = opened;
  const on = <K extends keyof Events>(name: K, handle: (data: Events[K]) => void) =>
    opened.addEventListener(name, (event: MessageEvent<string>) => {
      restartSilenceTimer();
      handle(JSON.parse(event.data));
    });
  on('hello', ({ page, history }) => {
    set({ connection: 'live', history });
    if (pageBuild !== undefined && pageBuild !== page) window.location.reload();
    pageBuild = page;
  });
  on('overview', (overview) => {
    const aheadMs = overview.at - Date.now();
    // Transport takes time, too: only a larger difference comes from the clocks.
    const hasChanged = Math.abs(aheadMs - state.aheadMs) > CLOCKS_DIFFER_MS;
    const history = [...state.history.slice(1 - MAX_SAMPLES), overview.sample];
    set({ overview, history, ...(hasChanged && { aheadMs }) });
  });
  on('jobs', (jobs) => set({ jobs }));
  on('job', (progress) => set({ progress }));
  opened.addEventListener('beat', restartSilenceTimer);
  opened.addEventListener('error', reconnectLater);
  restartSilenceTimer();
}

/** Called for each event: without another one within `SILENCE_MS`, the stream is broken. */
function restartSilenceTimer(): void {
  clearTimeout(silenceTimer);
  silenceTimer = setTimeout(reconnectLater, SILENCE_MS);
}

function reconnectLater(): void {
  source?.close();
  clearTimeout(silenceTimer);
  clearTimeout(retryTimer);
  set({ connection: 'lost' });
  if (listeners.size > 0) retryTimer = setTimeout(connect, RETRY_MS);
}

/** A page that is hidden for this long closes the stream, so that the server stops reading for it. */
const HIDDEN_MS = 60_000;
let hiddenTimer: ReturnType<typeof setTimeout> | undefined;

document.addEventListener('visibilitychange', () => {
  clearTimeout(hiddenTimer);
  if (document.hidden) hiddenTimer = setTimeout(disconnect, HIDDEN_MS);
  else if (source?.readyState === EventSource.CLOSED) connect();
});

function disconnect(): void {
  source?.close();
  clearTimeout(silenceTimer);
  clearTimeout(retryTimer);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (source === undefined) connect();
  return () => void listeners.delete(listener);
}

/** Selects a part of the live state; renders again only when that part changes. */
export function useLive<T>(select: (live: Live) => T): T {
  return useSyncExternalStore(subscribe, () => select(state));
}

const NO_CONSUMERS: readonly ConsumerView[] = [];

export const useConsumers = (): readonly ConsumerView[] =>
  useLive(({ overview }) => overview?.consumers ?? NO_CONSUMERS);

/** `consumer 2, <instance>`: a consumer's name in the overview and in traces; only the instance if it is unknown. */
export function useConsumerName(instance: string): string {
  const name = useConsumers().find((consumer) => consumer.instance === instance)?.name;
  return name === undefined ? instance : `${name}, ${instance}`;
}

/** Subscribes to a job's progress while the calling component is mounted. */
export function useWatchedJob(jobId: string): void {
  useEffect(() => {
    watchedJobId = jobId;
    set({ progress: null });
    connect();
    return () => {
      watchedJobId = undefined;
      connect();
    };
  }, [jobId]);
}
