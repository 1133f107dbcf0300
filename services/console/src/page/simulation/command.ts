// The shell command that repeats a run. Pure: a test runs it without a browser.
import type { Play } from '../../simulation-api.ts';

/** Undefined for a shortened schedule, for which the command line has no options, and without a seed. */
export function commandOf({ seed, sabotage, movies, faults, placed }: Play): string | undefined {
  if (seed === null || Array.isArray(faults)) return undefined;
  const options = [
    `--seed ${seed}`,
    ...(sabotage === null ? [] : [`--sabotage --name "${sabotage}"`]),
    ...(movies === null ? [] : [`--movies ${movies}`]),
    ...(faults === 'none' ? ['--calm'] : []),
    ...placed.map((id) => `--place "${id}"`),
    '--trace',
  ];
  return `npm run sim -- ${options.join(' ')}`;
}
