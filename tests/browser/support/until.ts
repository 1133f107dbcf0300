// Waits for an effect instead of sleeping and hoping.

const EVERY_MS = 100;

/** Resolves as soon as `holds` gives something true; fails after `withinMs` and says what was waited for. */
export async function until<T>(
  holds: () => Promise<T> | T,
  { what, withinMs = 90_000 }: { readonly what: string; readonly withinMs?: number },
): Promise<Exclude<T, false | undefined | null>> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const value = await holds();
    if (value !== false && value !== undefined && value !== null) return value as Exclude<T, false | undefined | null>;
    if (Date.now() > deadline) throw new Error(`waited ${withinMs / 1000} s in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
}
