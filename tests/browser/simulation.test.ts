// The simulation in the page: a sabotage is run, its verdict shown, and stepped through; a crash is placed; axe finds nothing.
import AxeBuilder from '@axe-core/playwright';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type LocalAws, startLocalAws } from '@movie-load/local-aws';
import type { Browser } from 'playwright-core';
import { needs } from '../support/needs.ts';
import { launchBrowser, openPage, PATIENCE_MS } from './support/browser.ts';
import { runSabotage } from './support/simulation.ts';
import { freePort, startConsole, type Up } from './support/up.ts';

needs('browser')('the simulation in the page', () => {
  let aws: LocalAws;
  let server: Up;
  let browser: Browser;

  beforeAll(async () => {
    [aws, browser] = await Promise.all([startLocalAws(), launchBrowser()]);
    server = await startConsole({ endpoint: aws.endpoint, port: await freePort() });
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await aws?.close();
  }, 60_000);

  test(
    'a sabotage is noticed: the promise in words, the shortest schedule, and every event by keyboard',
    async () => {
      const { page, wrongs } = await openPage(browser, { base: server.url });
      await runSabotage(page, 'delete before store');
      const verdict = page.getByTestId('verdict');
      await verdict.getByText('A promise is broken: deleted ⇒ stored').waitFor();
      await verdict.getByText('A message is deleted only when all its movies are stored.').waitFor();
      await page
        .getByTestId('shortest')
        .getByText(/^(?:The shortest schedule|It breaks without any fault)/)
        .waitFor();

      const moment = page.getByTestId('moment');
      await moment.getByText(/^Event 1 of \d+/).waitFor();
      await page.getByTestId('scrubber').focus();
      await page.keyboard.press('ArrowRight');
      await moment.getByText(/^Event 2 of \d+/).waitFor();
      await page.keyboard.press('End');
      await moment.getByText(/oracle ✗ deleted ⇒ stored/).waitFor();
      await page.getByRole('button', { name: 'Previous event' }).click();
      await moment.getByText(/consumer-\d\.\d deletes /).waitFor();
      await page.getByRole('img', { name: /^Lanes of .*consumer-1/ }).waitFor();
      expect(wrongs).toEqual([]);
      await page.context().close();
    },
    PATIENCE_MS,
  );

  test(
    'a crash that is placed strikes at the next call, and the job recovers',
    async () => {
      const { page, wrongs } = await openPage(browser, { base: server.url });
      await page.goto('/simulation');
      await page.getByRole('textbox', { name: 'Movies' }).fill('6');
      await page.getByRole('button', { name: /^Faults/ }).click();
      await page.getByRole('option', { name: /None but yours/ }).click();
      await page.getByRole('button', { name: 'Run', exact: true }).click();
      await page.getByText('Every promise held').waitFor();
      await page.getByTestId('scrubber').focus();
      for (let event = 0; event < 8; event += 1) await page.keyboard.press('ArrowRight');
      await page.getByRole('button', { name: /^Crash:/ }).click();
      await page
        .getByTestId('placed')
        .getByText(/the call takes effect, and the process dies/)
        .waitFor();
      await page
        .getByTestId('moment')
        .getByText(/^Event 9 of \d+/)
        .waitFor();
      await page.getByRole('button', { name: 'Next fault' }).click();
      await page.getByTestId('trace').getByText('✝ the process dies').waitFor();
      await page.getByText('Every promise held').waitFor();
      await page.getByTestId('scrubber').focus();
      await page.keyboard.press('End');
      await page.getByText('there, with the right bytes').waitFor();
      expect(wrongs).toEqual([]);
      await page.context().close();
    },
    PATIENCE_MS,
  );

  test.each([
    ['light', { colorScheme: 'light' as const }],
    ['dark', { colorScheme: 'dark' as const }],
    ['narrow', { colorScheme: 'light' as const, viewport: { width: 390, height: 800 } }],
  ])(
    'axe finds nothing while a run is shown: %s',
    async (_, options) => {
      const { page } = await openPage(browser, { base: server.url, ...options });
      await runSabotage(page, 'delete before climbing');
      await page.getByTestId('shortest').waitFor();
      await page.getByRole('button', { name: 'Next fault' }).click();
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => `${id} ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
      expect(await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth')).toBe(0);
      await page.context().close();
    },
    PATIENCE_MS,
  );

  test(
    'what is wrong is said, a run can be cancelled, and an image says that it has no simulation',
    async () => {
      const { page } = await openPage(browser, { base: server.url });
      await page.goto('/simulation');
      await page.getByRole('textbox', { name: 'Seed' }).fill('x');
      await page.getByText('Enter a whole number up to 999999999.').waitFor();
      expect(await page.getByRole('button', { name: 'Run', exact: true }).isDisabled()).toBe(true);
      await page.getByRole('textbox', { name: 'Seed' }).fill('2');
      await page.route('**/api/simulation/play', () => {}, { times: 1 });
      await page.getByRole('button', { name: 'Run', exact: true }).click();
      await page.getByRole('button', { name: 'Cancel' }).click();
      await page.getByRole('button', { name: 'Run', exact: true }).click();
      await page.getByRole('heading', { name: /^Seed 2, / }).waitFor();
      await page.getByText('npm run sim -- --seed 2 --trace').waitFor();

      const offer = { sabotages: null, most_movies: 100 };
      await page.route('**/api/simulation', (route) => route.fulfill({ json: offer }));
      await page.reload();
      await page.getByText('The simulation is not installed here').waitFor();
      await page.context().close();
    },
    PATIENCE_MS,
  );
});
