// Workarounds for faults of Cloudscape; remove each when its release notes report a fix (docs/console.md).

/**
 * On narrow screens the toolbar's `nav` has `aria-orientation`, which ARIA does not allow there (components 3.0.1383;
 * axe: aria-allowed-attr). Watches for it until the page is closed.
 */
export function fixToolbar(): void {
  const removeOrientation = () => {
    for (const nav of document.querySelectorAll('nav[aria-orientation]')) nav.removeAttribute('aria-orientation');
  };
  new MutationObserver(removeOrientation).observe(document.body, { childList: true, subtree: true });
}
