// The view of the simulation, as a person uses it.
import type { Page } from 'playwright-core';

/** Opens the view and runs a sabotage with the first seed that notices it. */
export async function runSabotage(page: Page, name: string): Promise<void> {
  await page.goto('/simulation');
  await page.getByRole('button', { name: /^Protocol/ }).click();
  await page.getByLabel('Find a sabotage').first().fill(name);
  await page
    .getByRole('option', { name: new RegExp(`^${name}`) })
    .first()
    .click();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByRole('heading', { name: /^Seed \d+, / }).waitFor();
}
