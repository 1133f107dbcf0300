// The code of a view is loaded when the view is first opened. If that fails, because the server is unreachable or has
// another build of the page, the page reloads once the server is reachable.

const KEY = 'movie-load:reloaded';
/** Within this time after a reload it does not reload again, which would not help. */
const RELOAD_PAUSE_MS = 10_000;
const RETRY_MS = 1000;

/** Handles Vite's event for a part of the page that could not be loaded. */
export function reloadWhenPartsAreMissing(): void {
  window.addEventListener('vite:preloadError', () => void reloadWhenReachable());
}

async function reloadWhenReachable(): Promise<void> {
  const reloadedAt = Number(window.sessionStorage.getItem(KEY) ?? 0);
  if (Date.now() - reloadedAt < RELOAD_PAUSE_MS) return;
  while (!(await isReachable())) await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  window.sessionStorage.setItem(KEY, String(Date.now()));
  window.location.reload();
}

const isReachable = (): Promise<boolean> =>
  fetch('/livez').then(
    ({ ok }) => ok,
    () => false,
  );
