// A job of a million movies: the page uses little memory, and scrolling reaches every lane.

import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from '@jest/globals';
import { generateMovies } from '@movie-load/movies';
import { eventually } from '@movie-load/testing';
import type { Browser, Page } from 'playwright-core';
import { needs } from '../support/needs.ts';
import { type LargeJob, writeLargeJob } from './support/large-job.ts';
import { startSuite } from './support/suite.ts';
import { startUp } from './support/up.ts';

const MOVIES = 1_000_000;
const MAX_BYTES = 300 * 1024 * 1024;

needs('browser')('a job of a million movies in the page', () => {
  const { open, aws, browser } = startSuite(() => startUp({ consumers: 1 }));
  let job: LargeJob;
  beforeAll(async () => {
    job = await writeLargeJob(aws().store, MOVIES);
  });

  test('is drawn in parts, scrolled to its end, and stays under 300 MB', async () => {
    const page = await open();
    await page.goto(`/jobs/${job.jobId}`);
    const heat = page.getByTestId('heat');
    await page.getByText(/^999,700 of 1,000,000 messages/).waitFor();
    await eventually('the heat map to show all full groups', async () =>
      /^Heat map: 4998 of 5,000 cells/.test((await heat.getAttribute('aria-label')) ?? ''),
    );

    const map = page.getByTestId('map');
    const cursor = page.getByTestId('cursor');
    await map.evaluate(async (element) => {
      for (let top = 0; top < element.scrollHeight; top += 2000) {
        element.scrollTop = top;
        await new Promise((resolve) => setTimeout(resolve));
      }
      element.scrollTop = 0;
    });
    // The scrollable height is far larger than the part that is drawn.
    expect(await map.evaluate((element) => element.scrollHeight)).toBeGreaterThan(job.groups * 10);
    expect(await map.locator('canvas').evaluate((canvas) => canvas.clientHeight)).toBeLessThan(1500);

    await page.getByLabel('Go to message').fill('999650');
    await page.getByRole('button', { name: 'Show' }).click();
    await cursor.getByText('Message 999650 of group 4998: stored').waitFor();
    await map.focus();
    await page.keyboard.press('ArrowDown');
    await cursor.getByText('Message 999850 of group 4999: not stored yet').waitFor();

    await page.getByLabel('Go to message').fill('123456');
    await page.getByRole('button', { name: 'Show' }).click();
    const [movie] = [...generateMovies(job.plan.seed, { first: 123_456, count: 1 })];
    await page
      .getByTestId('message')
      .getByText(movie?.movie_id ?? '')
      .waitFor();

    expect(await bytesOf(browser(), page)).toBeLessThan(MAX_BYTES);
  });

  test('is browsed and searched', async () => {
    const page = await open();
    await page.goto(`/movies/${job.jobId}`);
    const movieAt = (index: number) =>
      [...generateMovies(job.plan.seed, { first: index, count: 1 })][0]?.movie_id ?? '';
    await page.getByText(movieAt(49)).waitFor();
    // The last page of 50 movies: of the last group nothing is stored.
    await page.getByRole('button', { name: '20000' }).click();
    await page.getByText('These movies are not stored yet').waitFor();
    await page.getByPlaceholder('Title, actor, director or movie id').fill(movieAt(777));
    await page.getByRole('cell', { name: '777', exact: true }).waitFor();
    await page.getByText(/^Looked at [\d,]+ of 1,000,000 movies/).waitFor();
    await page.getByRole('button', { name: 'Search on' }).waitFor();
  });
});

/** The memory of the page: its JavaScript heap, and on Linux the unshared memory of its process. */
async function bytesOf(browser: Browser, page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  await session.send('Performance.enable');
  const { metrics } = await session.send('Performance.getMetrics');
  const heap = metrics.find(({ name }) => name === 'JSHeapTotalSize')?.value ?? 0;
  if (process.platform !== 'linux') return heap;
  const { processInfo } = await (await browser.newBrowserCDPSession()).send('SystemInfo.getProcessInfo');
  const unsharedBytes = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => unsharedMemory(id));
  return Math.max(heap, ...unsharedBytes);
}

/** Memory that a process does not share, in bytes. */
function unsharedMemory(pid: number): number {
  const [, kilobytes] = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes ?? 0) * 1024;
}
