// Finds misspelt settings: no program reads `VISIBILITY_SECOND=5`, so the service warns.

/**
 * Variables of an environment that look like a misspelt setting: their name is one or two letters away from a setting
 * that is not set, or begins with `MOVIE_LOAD_` and is unknown. Other programs have variables too, so a service only
 * warns.
 *
 * @example misspeltSettings(['VISIBILITY_SECONDS'], { VISIBILITY_SECOND: '5' }) // [{ name: 'VISIBILITY_SECOND', meant: 'VISIBILITY_SECONDS' }]
 */
export function misspeltSettings(
  known: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): readonly { readonly name: string; readonly meant: string }[] {
  const unsetSettings = known.filter((name) => !env[name]);
  return Object.keys(env).flatMap((name) => {
    if (known.includes(name) || !env[name]) return [];
    const isOurs = OUR_PREFIX.test(name);
    const nearest = unsetSettings
      .filter((meant) => !isOurs || OUR_PREFIX.test(meant))
      .map((meant) => ({ name, meant, edits: distance(name.toUpperCase(), meant) }))
      .toSorted((a, b) => a.edits - b.edits)[0];
    if (nearest === undefined) return [];
    // Only our settings begin with MOVIE_LOAD_, so the nearest is meant, however far: MOVIE_LOAD_QUEUE_NAME.
    if (isOurs) return OTHER_SETTINGS.has(name) ? [] : [{ name, meant: nearest.meant }];
    const isNear = nearest.edits <= (nearest.meant.length < LONG_NAME ? 1 : 2);
    // Short names resemble those of other programs by chance: SEED and SHED.
    return isNear && nearest.meant.length >= SHORT_NAME ? [{ name, meant: nearest.meant }] : [];
  });
}

const OUR_PREFIX = /^MOVIE_LOAD_/;
/** Settings that no service reads, but the launcher, the command line, compose or the tests: see docs/settings.md. */
const OTHER_SETTINGS: ReadonlySet<string> = new Set(
  [
    'CONTRACT_ENDPOINT',
    'DEBUG',
    'FUZZ_SEED',
    'IMAGE',
    'PLATFORM',
    'PULL_POLICY',
    'PYTHON',
    'REQUIRE',
    'TEST_FILE_MINUTES',
    'TOOLCHAIN',
  ].map((name) => `MOVIE_LOAD_${name}`),
);
const SHORT_NAME = 6;
const LONG_NAME = 10;

/** The number of letters that must be inserted, removed or changed to make `b` from `a` (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
