// What Cloudscape gets wrong today; remove a line as soon as its release notes say so (docs/console.md).

/**
 * On narrow screens the toolbar's `nav` has `aria-orientation`, which ARIA does not allow there (components 3.0.1383;
 * axe: aria-allowed-attr). Watches for it as long as the page lives.
 */
export function mendToolbar(): void {
  const mend = () => {
    for (const nav of document.querySelectorAll('nav[aria-orientation]')) nav.removeAttribute('aria-orientation');
  };
  new MutationObserver(mend).observe(document.body, { childList: true, subtree: true });
}
