// `npm start --movies 5`: without two dashes npm keeps the option for itself, and the program would do something else.
import { UsageError } from './errors.ts';

/**
 * Many environments (CI, containers) set `npm_config_yes` for npm itself, so it says nothing about this command. Nothing is
 * lost: a command that misses `--yes` does nothing and asks for it.
 */
const SAYS_NOTHING = 'yes';

/**
 * Throws `UsageError` when npm has kept one of a program's options: it hands them to scripts as `npm_config_*`.
 * Says nothing when npm runs none of our scripts.
 *
 * @param names of options, without dashes
 * @param command what comes before the options in `npm run …`, e.g. `produce`
 */
export function refuseOptionsKeptByNpm(
  names: Iterable<string>,
  env: Readonly<Record<string, string | undefined>>,
  command = '',
): void {
  const script = env.npm_lifecycle_event;
  if (script === undefined) return;
  for (const name of names) {
    const variable = `npm_config_${name.replaceAll('-', '_')}`;
    if (env[variable] === undefined || name === SAYS_NOTHING) continue;
    const run = ['start', 'test'].includes(script) ? `npm ${script}` : `npm run ${script}`;
    const dashes = name.length === 1 ? '-' : '--';
    throw new UsageError(
      `npm took ${dashes}${name} for itself. Put two dashes before the options: ${run} -- ${command === '' ? '' : `${command} `}${dashes}${name} … (If you set ${variable} in your environment, unset it.)`,
    );
  }
}
