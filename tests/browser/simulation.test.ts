// The simulation in the page: a sabotage is run, its verdict shown, and stepped through; a crash is placed; axe finds
// nothing.
import { expect, test } from '@jest/globals';
import { startLocalAws } from '@movie-load/local-aws';
import { needs } from '../support/needs.ts';
import { pageProblems, problemsInDark } from './support/axe.ts';
import { runSabotage } from './support/simulation.ts';
import { startSuite } from './support/suite.ts';
import { freePort, startConsole } from './support/up.ts';

needs('browser')('the simulation in the page', () => {
  const { open } = startSuite(async () => {
    const aws = await startLocalAws();
    const server = await startConsole({ endpoint: aws.endpoint, port: await freePort() });
    const stop = () => server.stop().finally(() => aws.close());
    return { ...server, stop };
  });

  test('a sabotage shows the broken invariant in words, the shortest schedule, and its events by keyboard', async () => {
    const page = await open();
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
  });

  test('a placed crash kills the process at its next call, and the job recovers', async () => {
    const page = await open();
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
  });

  test.each([
    ['wide', 1280],
    ['narrow', 390],
  ])('axe finds no violation while a run is shown: %s', async (_, width) => {
    const page = await open({ reducedMotion: 'reduce', colorScheme: 'light', viewport: { width, height: 800 } });
    await runSabotage(page, 'delete before climbing');
    await page.getByTestId('shortest').waitFor();
    await page.getByRole('button', { name: 'Next fault' }).click();
    expect(await pageProblems(page)).toEqual([]);
    expect(await problemsInDark(page)).toEqual([]);
  });

  test('wrong input shows an error, a run can be cancelled, and a server without a simulation is reported', async () => {
    const page = await open();
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
  });
});
