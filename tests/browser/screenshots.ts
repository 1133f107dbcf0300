// Writes docs/images/*.png, light and dark, and some for a phone: `npm run file -- tests/browser/screenshots.ts`.
// Made from a real `up`, with a job half-way, a killed consumer and two dead letters.

import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { shapeOf } from '@movie-load/schema';
import { sendMessages } from '@movie-load/testing';
import type { Browser, Locator, Page } from 'playwright-core';
import { root } from '../support/repository.ts';
import { type Aws, openAws } from './support/aws.ts';
import { launchBrowser, openPage } from './support/browser.ts';
import { runSabotage } from './support/simulation.ts';
import { startJob } from './support/start-job.ts';
import { startUp } from './support/up.ts';

const IMAGES = join(root, 'docs/images');
const WIDE = { width: 1200, height: 800 };
const LOOKS = [
  { suffix: 'light', colorScheme: 'light', viewport: WIDE },
  { suffix: 'dark', colorScheme: 'dark', viewport: WIDE },
  { suffix: 'narrow', colorScheme: 'light', viewport: { width: 390, height: 844 } },
] as const;
/** The height of the fixed bars above the content: the top bar, and on a phone the bar of the views. */
const TOP_PX = 95;

interface View {
  readonly name: string;
  readonly path: string;
  readonly prepare: (page: Page) => Promise<unknown>;
  /** Reverts changes that other views would show. */
  readonly after?: (page: Page) => Promise<unknown>;
  /** Also for a phone. */
  readonly narrow?: boolean;
}

const toTop = (locator: Locator): Promise<void> =>
  locator.evaluate((element, top) => {
    element.ownerDocument.defaultView?.scrollBy(0, element.getBoundingClientRect().top - top);
  }, TOP_PX);

const toEnd = (locator: Locator): Promise<void> =>
  locator.evaluate((element) => element.scrollIntoView({ block: 'end' }));

/** A job of which a consumer was killed half-way. Resolves with its id, and with a message that was received twice. */
async function killedHalfWay(page: Page, overview: Page, { store }: Aws): Promise<{ jobId: string; number: number }> {
  await overview.goto('/');
  const kill = overview.getByRole('button', { name: 'Kill consumer 1' });
  await kill.waitFor();
  const jobId = await startJob(page, { movies: 5000, seed: 1 });
  await page.getByText(/[1-9][\d,]* of 5,000 messages/).waitFor();
  await kill.click();
  await overview.getByRole('button', { name: 'Add a consumer' }).click();
  await page.getByText('Complete', { exact: true }).waitFor();
  const job = await store.job(jobId);
  if (job === undefined) throw new Error(`job ${jobId} is not in the table`);
  for (let group = 0; group < shapeOf(job.plan).groups; group += 1) {
    for await (const { number, receives } of store.traces(job, group)) if (receives > 1) return { jobId, number };
  }
  throw new Error(`no message of job ${jobId} was received twice: run it again`);
}

/** Stops a job half-way: both consumers are paused as soon as the map shows something. */
async function halfWay(page: Page, overview: Page): Promise<string> {
  await overview.goto('/');
  const pause = (name: string) => overview.getByRole('button', { name: `Pause ${name}` });
  await pause('consumer 3').waitFor();
  const jobId = await startJob(page, { movies: 5000, seed: 7 });
  await page.getByText(/[1-9][\d,]* of 5,000 messages/).waitFor();
  await pause('consumer 2').click();
  await pause('consumer 3').click();
  await overview.getByRole('row', { name: /consumer 3.*Paused/ }).waitFor();
  return jobId;
}

/** A sabotage a little before its end, with lanes and state in the picture. */
async function simulated(page: Page): Promise<void> {
  await runSabotage(page, 'climb only when an add made a set full');
  await page.getByTestId('shortest').waitFor();
  await page.getByTestId('scrubber').focus();
  await page.keyboard.press('End');
  for (let event = 0; event < 4; event += 1) await page.keyboard.press('ArrowLeft');
  await toTop(page.getByRole('heading', { name: /^Seed \d+, / }));
}

async function shoot(browser: Browser, base: string, views: readonly View[]): Promise<void> {
  for (const { suffix, colorScheme, viewport } of LOOKS) {
    const { page } = await openPage(browser, { base, colorScheme, viewport, reducedMotion: 'reduce' });
    for (const { name, path, prepare, after, narrow = false } of views) {
      if (suffix === 'narrow' && !narrow) continue;
      await page.goto(path);
      await prepare(page);
      // The server has read twice, so live data is shown.
      await page.waitForTimeout(2500);
      await page.screenshot({ path: join(IMAGES, `${name}-${suffix}.png`) });
      process.stderr.write(`docs/images/${name}-${suffix}.png\n`);
      await after?.(page);
    }
    await page.context().close();
  }
}

const [up, browser] = await Promise.all([startUp({ consumers: 2, lab: true }), launchBrowser()]);
const aws = openAws(up.endpoint);
try {
  mkdirSync(IMAGES, { recursive: true });
  // The charts beside them are the benchmark's.
  for (const name of readdirSync(IMAGES)) if (name.endsWith('.png')) rmSync(join(IMAGES, name));
  const [{ page }, { page: overview }] = [
    await openPage(browser, { base: up.url }),
    await openPage(browser, { base: up.url }),
  ];
  const killed = await killedHalfWay(page, overview, aws);
  const queue = await aws.queue();
  await sendMessages(queue, [
    { body: 'hello?', groupId: 'a-stranger', deduplicationId: 'hello' },
    { body: '{"title":"<img src=x onerror=alert(1)>"}', groupId: 'another-stranger', deduplicationId: 'shape' },
  ]);
  await overview.getByRole('link', { name: 'Dead-letter queue (2)' }).waitFor();
  const jobId = await halfWay(page, overview);
  await shoot(browser, up.url, [
    {
      name: 'job',
      path: `/jobs/${jobId}`,
      prepare: async (on) => {
        await on.getByRole('button', { name: 'By consumer' }).click();
        await on
          .getByRole('list', { name: 'Colours' })
          .getByText(/-\d+-[0-9a-f]{4}$/)
          .first()
          .waitFor();
        // The map is higher than the picture.
        await toEnd(on.getByTestId('map'));
      },
    },
    {
      name: 'dead-letters',
      path: '/dead-letters',
      prepare: (on) => on.getByRole('button', { name: /^Wrong shape: look at/ }).click(),
    },
    {
      name: 'how-it-works',
      path: '/how-it-works',
      prepare: (on) => on.getByTestId('arrow-count').getByText('4. Count').click(),
    },
    {
      name: 'lesson',
      path: '/learn/5',
      prepare: async (on) => {
        await on.getByRole('radio', { name: /^b\)/ }).click();
        await on.getByRole('button', { name: 'Run it', exact: true }).click();
        await on.getByTestId('outcome').waitFor();
        await on.evaluate('scrollTo(0, 0)');
      },
      narrow: true,
    },
    {
      name: 'learn',
      path: '/learn',
      prepare: (on) => on.getByRole('link', { name: '16. Throttled' }).waitFor(),
      narrow: true,
    },
    {
      name: 'history',
      path: `/jobs/${killed.jobId}`,
      prepare: async (on) => {
        await on.getByLabel('Go to message').fill(String(killed.number));
        await on.getByRole('button', { name: 'Show', exact: true }).click();
        await on
          .getByTestId('history')
          .getByText(/^received \(receive count 2\)/)
          .waitFor();
        const history = on.getByTestId('history');
        // On a wide page the message is above the map.
        if (on.viewportSize()?.width === WIDE.width) await toEnd(history);
        else await toTop(history);
      },
      narrow: true,
    },
    { name: 'simulation', path: '/simulation', prepare: simulated, narrow: true },
    { name: 'overview', path: '/', prepare: (on) => on.getByRole('row', { name: /consumer 3/ }).waitFor() },
    {
      name: 'lab',
      path: '/lab',
      prepare: async (on) => {
        await on.getByRole('button', { name: 'Add the preset' }).click();
        await on.getByText(/1 fault rule/).waitFor();
      },
      after: (on) => on.getByRole('button', { name: 'Remove all' }).click(),
      narrow: true,
    },
  ]);
} finally {
  aws.close();
  await browser.close();
  await up.stop();
}
