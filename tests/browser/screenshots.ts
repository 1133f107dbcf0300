// Writes docs/images/*.png, light and dark: `npm run file -- tests/browser/screenshots.ts`. Made from the real thing,
// with a job half-way, a killed consumer and two dead letters.
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { root } from '../support/repository.ts';
import { openAws } from './support/aws.ts';
import { launchBrowser, openPage } from './support/browser.ts';
import { runSabotage } from './support/simulation.ts';
import { startJob } from './support/start-job.ts';
import { startUp } from './support/up.ts';

const IMAGES = join(root, 'docs/images');
const VIEWPORT = { width: 1200, height: 800 };

interface View {
  readonly name: string;
  readonly path: string;
  readonly prepare: (page: Page) => Promise<unknown>;
}

async function complete(page: Page, jobId: string): Promise<void> {
  await page.goto(`/jobs/${jobId}`);
  await page.getByText('Complete', { exact: true }).waitFor();
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
  await page.mouse.wheel(0, 330);
}

async function shoot(browser: Browser, base: string, views: readonly View[]): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    const { page } = await openPage(browser, { base, colorScheme, viewport: VIEWPORT, reducedMotion: 'reduce' });
    for (const { name, path, prepare } of views) {
      await page.goto(path);
      await prepare(page);
      // Two looks of the server, so that what is live is there.
      await page.waitForTimeout(2500);
      await page.screenshot({ path: join(IMAGES, `${name}-${colorScheme}.png`) });
      process.stderr.write(`docs/images/${name}-${colorScheme}.png\n`);
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
  await complete(page, await startJob(page, { movies: 3000, seed: 1 }));
  await overview.goto('/');
  await overview.getByRole('button', { name: 'Kill consumer 1' }).click();
  await overview.getByRole('button', { name: 'Add a consumer' }).click();
  const queue = await aws.queue();
  await queue.send([
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
        // The map, which is higher than the picture.
        await on.getByTestId('map').evaluate((map) => map.scrollIntoView({ block: 'end' }));
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
      },
    },
    { name: 'simulation', path: '/simulation', prepare: simulated },
    { name: 'overview', path: '/', prepare: (on) => on.getByRole('row', { name: /consumer 3/ }).waitFor() },
  ]);
} finally {
  aws.close();
  await browser.close();
  await up.stop();
}
