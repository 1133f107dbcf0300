// The violations that axe finds in a page, and the elements that are wider than the window.
import axe from 'axe-core';
import type { Page, ViewportSize } from 'playwright-core';
import { drawn } from './browser.ts';

/** The rules whose result depends on colours or on the window's size. */
const APPEARANCE_RULES = ['color-contrast', 'link-in-text-block', 'scrollable-region-focusable'];

/** One sentence for each problem; empty when there is none. */
export async function pageProblems(page: Page, rules?: readonly string[]): Promise<string[]> {
  // As text: the content security policy of the page allows no further script.
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(axe.source);
  const options = { resultTypes: ['violations'], ...(rules && { runOnly: { type: 'rule', values: rules } }) };
  const violations = await page.evaluate<string[]>(`axe.run(${JSON.stringify(options)}).then(({ violations }) =>
    violations.map(({ id, nodes }) => id + ' ' + nodes.map(({ html }) => html).join(' ')))`);
  const tooWide = await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth');
  return tooWide > 0 ? [...violations, `${tooWide} pixels wider than the window`] : violations;
}

/**
 * Makes a light page dark (and the window another size), and checks the rules whose result may change. The
 * page must have been opened with reduced motion: else its colours change slowly.
 */
export async function problemsInDark(page: Page, viewport?: ViewportSize): Promise<string[]> {
  await page.emulateMedia({ colorScheme: 'dark' });
  if (viewport !== undefined) await page.setViewportSize(viewport);
  await page.locator(':root.dark').waitFor();
  await drawn(page);
  return (await pageProblems(page, APPEARANCE_RULES)).map((problem) => `dark: ${problem}`);
}
