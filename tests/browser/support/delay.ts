// Delays a request of the page, so that its answer arrives after that of a later request.
import type { Page, Request } from 'playwright-core';
import { drawn } from './browser.ts';

export interface DelayedRequest {
  /** Resolves when the page has sent the request. */
  readonly arrived: Promise<void>;
  /** Continues the request; resolves once the page has drawn the answer, or has ignored it. */
  release(): Promise<void>;
}

/** Delays the next request to a URL that matches. */
export async function delayNext(page: Page, url: RegExp): Promise<DelayedRequest> {
  const [arrived, released, settled] = [promise(), promise(), promise()];
  let delayed: Request | undefined;
  const onEnd = (request: Request) => request === delayed && settled.resolve();
  page.on('requestfinished', onEnd);
  page.on('requestfailed', onEnd);
  // Not `times: 1`: when the last such route is removed, Playwright continues all delayed requests.
  await page.route(url, async (route) => {
    if (delayed) return route.fallback();
    delayed = route.request();
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
