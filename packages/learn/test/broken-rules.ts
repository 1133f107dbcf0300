// Compares each broken rule in a plain Node, which loads the project's sources itself (Jest's loader ignores
// sabotages). Prints a line of JSON for each lesson with a rule: the comparison, and how many notes each run reported.
import { compareBroken, LESSONS } from '../src/index.ts';

for (const { lesson } of LESSONS) {
  const events = { kept: 0, broken: 0 };
  const comparison = await compareBroken(lesson, {
    onEvent: (run, { event }) => {
      if (event === 'note') events[run] += 1;
    },
  });
  if (comparison !== undefined) console.log(JSON.stringify({ ...comparison, events }));
}
// Consumers that were killed during a call leave promises and timers behind.
process.exit(0);
