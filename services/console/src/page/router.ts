// Moving between views without loading the page again.
import { useSyncExternalStore } from 'react';

const NAVIGATED = 'movie-load:navigated';

export function navigate(path: string): void {
  window.history.pushState(null, '', path);
  window.dispatchEvent(new Event(NAVIGATED));
  window.scrollTo(0, 0);
}

/** For Cloudscape's links: follows within the page, leaves new tabs to the browser. */
export function follow(event: { detail: { href?: string | undefined; external?: boolean }; preventDefault(): void }) {
  if (event.detail.href === undefined || event.detail.external) return;
  event.preventDefault();
  navigate(event.detail.href);
}

function subscribe(changed: () => void): () => void {
  window.addEventListener('popstate', changed);
  window.addEventListener(NAVIGATED, changed);
  return () => {
    window.removeEventListener('popstate', changed);
    window.removeEventListener(NAVIGATED, changed);
  };
}

export const usePath = (): string => useSyncExternalStore(subscribe, () => window.location.pathname);
