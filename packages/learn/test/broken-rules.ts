// Compares each world with a broken rule, in a Node that loads the project's sources itself (Jest's loader knows no sabotage).
import { compareBroken, LESSONS } from '../src/index.ts';

for (const { lesson } of LESSONS) {
  const told = { kept: 0, broken: 0 };
  const comparison = await compareBroken(lesson, {
    tell: (run, { event }) => {
      if (event === 'note') told[run] += 1;
    },
  });
  if (comparison !== undefined) console.log(JSON.stringify({ ...comparison, told }));
}
// Consumers that were killed in the middle of a call leave promises and timers behind.
process.exit(0);
