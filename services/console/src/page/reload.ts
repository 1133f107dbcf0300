// A view is loaded when it is first opened. If the server is unreachable then, the page reloads once it is reachable.

const KEY = 'movie-load:reloaded';
/** Within this time after a reload another one would not help: then the person decides. */
const SETTLE_MS = 10_000;
const ASK_MS = 1000;

/** Handles Vite's event for a part of the page that could not be loaded. */
export function reloadWhenPartsAreMissing(): void {
  window.addEventListener('vite:preloadError', () => void reloadWhenBack());
}

async function reloadWhenBack(): Promise<void> {
  const last = Number(window.sessionStorage.getItem(KEY) ?? 0);
  if (Date.now() - last < SETTLE_MS) return;
  while (!(await isBack())) await new Promise((resolve) => setTimeout(resolve, ASK_MS));
  window.sessionStorage.setItem(KEY, String(Date.now()));
  window.location.reload();
}

const isBack = (): Promise<boolean> =>
  fetch('/livez').then(
    ({ ok }) => ok,
    () => false,
  );
