// Learn and Lab in the page of `movie-load up --lab`: a lesson from question to broken rule, and the lab's controls.
import { expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { needs } from '../support/needs.ts';
import { pageProblems, problemsInDark } from './support/axe.ts';
import { layoutProblems } from './support/layout.ts';
import { startSuite } from './support/suite.ts';
import { startUp } from './support/up.ts';

const NARROW = 390;

needs('browser')('the views Learn and Lab of the page', () => {
  const { open } = startSuite(() => startUp({ consumers: 1, lab: true }));

  /** Skips to the end of the lesson's run. */
  async function run(page: Page, answer: RegExp): Promise<void> {
    await page.getByRole('radio', { name: answer }).click();
    await page.getByRole('button', { name: 'Run it', exact: true }).click();
    await page.getByTestId('outcome').waitFor();
  }

  test.each([
    ['wide', 1280],
    ['390 px', NARROW],
  ])(
    'axe finds no violation in a finished lesson, in the list of lessons, or in the lab with a fault: %s',
    async (_, width) => {
      const page = await open({ reducedMotion: 'reduce', colorScheme: 'light', viewport: { width, height: 800 } });
      const problems = async () => {
        const light = [...(await pageProblems(page)), ...(width === NARROW ? await layoutProblems(page) : [])];
        const dark = await problemsInDark(page);
        await page.emulateMedia({ colorScheme: 'light' });
        return [...light, ...dark];
      };
      await page.goto('/learn/5');
      await run(page, /^b\)/);
      await page.getByRole('button', { name: 'Run it with the rule broken' }).click();
      await page.getByTestId('broken').getByText('The promise is broken.').waitFor();
      const lesson = await problems();
      await page.goto('/learn');
      await page.getByText('(1 of 16 done)').waitFor();
      const list = await problems();
      await page.goto('/lab');
      await page.getByRole('button', { name: 'Add the preset' }).click();
      await page
        .getByText(/done, but the answer is lost/)
        .first()
        .waitFor();
      await page.getByTestId('lab-status').waitFor();
      const lab = await problems();
      await page.getByRole('button', { name: 'Remove all' }).click();
      await page.getByText('No active rules').waitFor();
      expect({ lesson, list, lab }).toEqual({ lesson: [], list: [], lab: [] });
    },
  );

  test('a lesson asks, plays its run, explains the result, and stays marked as done', async () => {
    const page = await open();
    await page.goto('/learn');
    await page.getByRole('link', { name: '5. The zombie' }).click();
    const start = page.getByRole('button', { name: 'Run it', exact: true });
    expect(await start.isDisabled()).toBe(true);
    expect(await page.getByText('What happened, and why').count()).toBe(0);
    await page.getByRole('radio', { name: /^a\)/ }).click();
    await start.click();
    // While the run is played, the answer is hidden.
    await page.getByRole('button', { name: 'Pause: The run' }).click();
    await page.getByRole('button', { name: 'Next event: The run' }).click();
    expect(await page.getByTestId('outcome').count()).toBe(0);
    await page.getByRole('button', { name: 'Play: The run' }).click();
    await page.getByTestId('outcome').getByText('You said a; it is b.').waitFor();
    await page
      .getByTestId('outcome')
      .getByText(/in file 10, written 20/)
      .waitFor();
    await page.getByTestId('counts').getByText('Movies written by consumer 2').waitFor();
    expect(await page.getByRole('region', { name: 'What happened: The run' }).textContent()).toMatch(
      /consumer 1 is paused[\s\S]*consumer 2 received 0–9[\s\S]*consumer 1 has stored what it had/,
    );
    expect(await page.locator('.sentences li').count()).toBe(5);
    await page
      .getByRole('region', { name: /^Lines of packages\/schema\/src\/keys\.ts/ })
      .getByText(/slicePart/)
      .first()
      .waitFor();
    const source = page.getByRole('link', { name: /^packages\/schema\/src\/keys\.ts:\d+$/ });
    const [file] = await Promise.all([page.context().waitForEvent('page'), source.click()]);
    await file.getByText('export function slicePart(').waitFor();
    await file.close();

    // At each moment of the run, the latest first: which consumer has which messages, and for how long.
    const slider = page.getByRole('slider', { name: /^What has happened so far/ });
    const inFlight: string[] = [];
    for (let moment = Number(await slider.getAttribute('max')); moment >= 0; moment -= 1) {
      await slider.fill(String(moment));
      inFlight.push(...(await page.getByRole('list', { name: 'Messages in flight' }).allTextContents()));
    }
    expect(inFlight).toContain('consumer 1 has 0–9 in flight for 60.0 s more');
    expect(inFlight).toContain('consumer 2 has 0–9 in flight for 60.0 s more');
    await page.getByTestId('message-map').waitFor({ state: 'detached' });

    await page.getByRole('button', { name: 'Run it without its cause' }).click();
    await page.getByText(/^Without its cause the run showed c/).waitFor();

    await page.reload();
    await page.getByRole('button', { name: 'Run it', exact: true }).waitFor();
    await page.goto('/learn');
    await page.getByText('(1 of 16 done)').waitFor();
    await page.getByRole('row', { name: /5\. The zombie Run/ }).waitFor();
  });

  test('a lesson with rates shows a chart of them', async () => {
    const page = await open({ reducedMotion: 'reduce' });
    await page.goto('/learn/15');
    await run(page, /^b\)/);
    await page.getByTestId('outcome').getByText('Right: it is b.').waitFor();
    await page.getByRole('img', { name: /^sent 20, 20.*; processed .*; waiting / }).waitFor();
  });

  test('a user sends, receives and deletes by hand, with the AWS CLI line beside each button', async () => {
    const page = await open();
    await page.goto('/lab');
    await page.getByRole('button', { name: 'Create the queue' }).click();
    await page.getByTestId('lab-status').getByText('0 messages waiting').waitFor();
    for (const [body, status] of [
      ['A1', '1 message waiting'],
      ['A2', '2 messages waiting'],
    ] as const) {
      await page.getByLabel('Body').fill(body);
      await page.getByLabel('Message group').fill('a');
      await page.getByText(`--message-body ${body} --message-group-id a`).waitFor();
      await page.getByRole('button', { name: 'Send', exact: true }).click();
      await page.getByTestId('lab-status').getByText(status).waitFor();
    }
    const receive = page.getByRole('button', { name: 'Receive', exact: true });
    await receive.click();
    const first = page.getByRole('group', { name: 'Delivery 1 of A1' });
    await first.getByText(/^aws .*delete-message/).waitFor();
    await receive.click();
    // A1 is in flight and blocks its group.
    await page.getByText('No message could be received just now.').waitFor();
    await first.getByRole('button', { name: 'Release', exact: true }).click();
    await page.getByTestId('lab-status').getByText('2 messages waiting, 0 in flight').waitFor();
    await receive.click();
    const second = page.getByRole('group', { name: 'Delivery 2 of A1' });
    await second.getByRole('button', { name: 'Extend', exact: true }).click();
    await second.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByTestId('lab-status').getByText('1 message waiting, 0 in flight').waitFor();
    // The receipt handle of the first delivery: its message has been deleted.
    await first.getByRole('button', { name: 'Extend', exact: true }).click();
    await page.getByText('SQS refused the call').waitFor();
    await page.getByRole('button', { name: 'Remove the queue' }).click();
    await page.getByRole('button', { name: 'Create the queue' }).waitFor();
  });

  test('faults and a moved clock show a notice on every view, and a message shows its history', async () => {
    const page = await open();
    await page.goto('/jobs');
    await page.getByLabel('Movies').fill('20');
    await page.getByRole('button', { name: 'Start the job' }).click();
    await page.getByText('Complete', { exact: true }).waitFor();
    await page.getByLabel('Go to message').fill('7');
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    const history = page.getByTestId('message').getByTestId('history');
    for (const row of [/sent/, /received \(receive count 1\) consumer-1/, /deleted consumer-1/]) {
      await history.getByRole('row', { name: row }).waitFor();
    }
    await page.setViewportSize({ width: NARROW, height: 800 });
    await history.getByText('Hidden for').nth(2).waitFor();
    expect(await layoutProblems(page)).toEqual([]);

    await page.setViewportSize({ width: 1280, height: 800 });
    await page.goto('/lab');
    await page.getByRole('button', { name: 'Forward 5 minutes' }).click();
    await page.getByTestId('clock').getByText('5 min 0 s ahead of this machine').waitFor();
    await page.getByRole('button', { name: 'Add the preset' }).click();
    await page.getByRole('row', { name: /^\* done, but the answer is lost/ }).waitFor();
    for (const path of ['/', '/jobs', '/movies', '/dead-letters', '/how-it-works', '/learn', '/simulation', '/lab']) {
      await page.goto(path);
      await page.getByText(/its clock is 5 min 0 s ahead.*1 fault rule/).waitFor();
    }
    await page.getByRole('button', { name: 'Remove all' }).click();
    await page.getByText('No active rules').waitFor();
  });
});
