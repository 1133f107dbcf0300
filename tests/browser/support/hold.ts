// Keeps a request of the page back, so that its answer comes after that of a later one.
import type { Page, Request } from 'playwright-core';
import { drawn } from './browser.ts';

export interface Held {
  /** Resolves once the request is there. */
  readonly arrived: Promise<void>;
  /** Lets it go on; resolves once the page has drawn what its answer changes, also if the page gave it up. */
  release(): Promise<void>;
}

/** Holds the next request to a URL that matches. */
export async function holdNext(page: Page, url: RegExp): Promise<Held> {
  const [arrived, released, settled] = [promise(), promise(), promise()];
  let held: Request | undefined;
  const onEnd = (request: Request) => request === held && settled.resolve();
  page.on('requestfinished', onEnd);
  page.on('requestfailed', onEnd);
  // Not `times: 1`: with the last such route gone, Playwright releases all held requests.
  await page.route(url, async (route) => {
    if (held) return route.fallback();
    held = route.request();
    arrived.resolve();
    await released.promise;
    await route.continue();
  });
  return {
    arrived: arrived.promise,
    async release() {
      released.resolve();
      await settled.promise;
      await drawn(page);
    },
  };
}

const promise = () => Promise.withResolvers<void>();
