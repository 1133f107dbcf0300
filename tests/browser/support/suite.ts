// Starts a server with the page and a browser before the tests of a suite, and ends them afterwards.
import { afterAll, afterEach, beforeAll, expect } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { type Aws, openAws } from './aws.ts';
import { launchBrowser, openPage, type PageOptions, type WatchedPage } from './browser.ts';
import type { Up } from './up.ts';

export interface Suite<T extends Up> {
  /** The server. This and the rest can be called in tests, and in hooks registered after this suite's. */
  up(): T;
  browser(): Browser;
  aws(): Aws;
  /**
   * A page of `up`, or of another base. It is closed after the test, which fails if the page did what a page must not
   * do.
   */
  open(options?: Partial<PageOptions>): Promise<WatchedPage['page']>;
}

/**
 * For a `describe`: registers the hooks.
 *
 * @param flags of the browser, beside the usual ones
 *
 * @example
 *     const { open } = startSuite(() => startUp({ consumers: 1 }));
 *     test('…', async () => { const page = await open(); … });
 */
export function startSuite<T extends Up>(start: () => Promise<T>, flags?: readonly string[]): Suite<T> {
  let started: { readonly up: T; readonly browser: Browser; readonly aws: Aws } | undefined;
  const opened: WatchedPage[] = [];
  const running = () => {
    if (started === undefined) throw new Error('the suite has not started');
    return started;
  };

  beforeAll(async () => {
    const [up, browser] = await Promise.all([start(), launchBrowser(flags)]);
    started = { up, browser, aws: openAws(up.endpoint) };
  });
  afterEach(async () => {
    const problems = opened.flatMap(({ problems }) => problems);
    await Promise.all(opened.splice(0).map(({ page }) => page.context().close()));
    expect(problems).toEqual([]);
  });
  afterAll(async () => {
    started?.aws.close();
    await started?.browser.close();
    await started?.up.stop();
  });

  return {
    up: () => running().up,
    browser: () => running().browser,
    aws: () => running().aws,
    async open(options = {}) {
      const watched = await openPage(running().browser, { base: running().up.url, ...options });
      opened.push(watched);
      return watched.page;
    },
  };
}
