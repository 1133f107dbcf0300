// `npm start --movies 5`: without two dashes npm takes the option itself, and the program would run without it.
import { UsageError } from './errors.ts';

/**
 * Many environments (CI, containers) set `npm_config_yes` for npm itself, so it is not a sign of a lost option. A
 * command without `--yes` does nothing and asks for it.
 */
const NPM_OWN_OPTION = 'yes';

/**
 * Throws `UsageError` when npm has taken one of a program's options, which npm passes to scripts as `npm_config_*`.
 * Does nothing when npm runs none of our scripts.
 *
 * @param names of options, without dashes
 * @param command the words before the options in `npm run …`, e.g. `produce`
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
    if (env[variable] === undefined || name === NPM_OWN_OPTION) continue;
    const run = ['start', 'test'].includes(script) ? `npm ${script}` : `npm run ${script}`;
    const dashes = name.length === 1 ? '-' : '--';
    throw new UsageError(
      `npm took ${dashes}${name} for itself. Put two dashes before the options: ${run} -- ${command === '' ? '' : `${command} `}${dashes}${name} … (If you set ${variable} in your environment, unset it.)`,
    );
  }
}
