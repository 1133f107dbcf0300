// Starts a job in the page, as a person does.
import type { Page } from 'playwright-core';

/** Fills in the form and sends it; the page is then at the job's view. Resolves with the job's id. */
export async function startJob(page: Page, { movies, seed }: { movies: number; seed?: number }): Promise<string> {
  await page.goto('/jobs');
  await page.getByLabel('Movies').fill(String(movies));
  if (seed !== undefined) await page.getByLabel('Seed').fill(String(seed));
  await page.getByRole('button', { name: 'Start the job' }).click();
  await page.waitForURL(/\/jobs\/[0-9a-f-]{36}$/);
  return page.url().split('/').at(-1) ?? '';
}
