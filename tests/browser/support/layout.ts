// The faults of a view in a narrow window: a part hidden without a hint, a button out of reach, a broken word.
import type { Page } from 'playwright-core';

/** Run in the page, which knows the DOM. Hints that there is more: an ellipsis, or buttons that scroll. */
const SCRIPT = String.raw`(() => {
  const found = [];
  const wide = document.documentElement.clientWidth;
  const all = [...document.querySelectorAll('body *')];
  const nameOf = (element) => {
    const text = (element.getAttribute('aria-label') ?? element.textContent ?? '').trim().replace(/\s+/g, ' ');
    return element.tagName.toLowerCase() + ' "' + text.slice(0, 50) + '"';
  };
  // Elements for screen readers only are a pixel wide.
  const isShown = (element) =>
    element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) &&
    element.getBoundingClientRect().width > 1 && element.getBoundingClientRect().right > 0;
  const clips = (element) => getComputedStyle(element).overflowX !== 'visible';
  const isHinted = (element) =>
    getComputedStyle(element).textOverflow === 'ellipsis' ||
    [...(element.parentElement?.querySelectorAll('button') ?? [])].some((button) =>
      /scroll (left|right)/i.test(button.getAttribute('aria-label') ?? ''));

  for (const element of all) {
    // A spinner's circle is two clipped halves.
    if (!isShown(element) || !clips(element) || element.clientWidth < 2 || element.closest('[class*="awsui_circle"]')) continue;
    if (element.scrollWidth > element.clientWidth + 1 && !isHinted(element))
      found.push(nameOf(element) + ' shows ' + element.clientWidth + ' of its ' + element.scrollWidth + ' pixels');
  }

  const controls = 'button, a[href], input, select, textarea, [role="button"], [role="tab"], [tabindex="0"]';
  for (const control of document.querySelectorAll(controls)) {
    if (!isShown(control)) continue;
    const { left, right } = control.getBoundingClientRect();
    let [from, to] = [0, wide];
    let hinted = false;
    for (let box = control.parentElement; box; box = box.parentElement) {
      if (!clips(box)) continue;
      hinted ||= isHinted(box);
      from = Math.max(from, box.getBoundingClientRect().left);
      to = Math.min(to, box.getBoundingClientRect().right);
    }
    if (!hinted && (left < from - 2 || right > to + 2)) found.push(nameOf(control) + ' is out of reach');
  }

  const range = document.createRange();
  const rectsOf = (node, from, to) => {
    range.setStart(node, from);
    range.setEnd(node, to);
    return [...range.getClientRects()].filter(({ width }) => width > 0);
  };
  /* A command's argument, or an id, that fits in no line whole. */
  const isTooLong = (node, at) => {
    const from = node.data.slice(0, at).search(/\S+$/);
    const to = at + node.data.slice(at).search(/\s|$/);
    const width = rectsOf(node, from < 0 ? at : from, to).reduce((sum, rect) => sum + rect.width, 0);
    let box = node.parentElement;
    while (getComputedStyle(box).display.startsWith('inline')) box = box.parentElement;
    return width > box.clientWidth;
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    if (!isShown(node.parentElement) || getComputedStyle(node.parentElement).whiteSpace === 'nowrap') continue;
    for (const { 0: word, index } of node.data.matchAll(/(?<![\p{L}\p{N}])\p{L}{3,24}(?![\p{L}\p{N}])/gu)) {
      const lines = rectsOf(node, index, index + word.length).map(({ bottom }) => bottom);
      if (Math.max(...lines) - Math.min(...lines) <= 6 || isTooLong(node, index)) continue;
      found.push('"' + word + '" is broken in ' + nameOf(node.parentElement));
    }
  }
  return [...new Set(found)];
})()`;

/** One sentence for each problem; empty when there is none. */
export const layoutProblems = (page: Page): Promise<string[]> => page.evaluate<string[]>(SCRIPT);
