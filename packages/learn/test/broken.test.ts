// For each lesson with a rule of the protocol: the promise holds with the rule kept, and not with it broken.
import { expect, test } from '@jest/globals';
import { startProgram } from '@movie-load/testing';
import { z } from 'zod';
import { LESSONS } from '../src/index.ts';

const run = z.object({ holds: z.boolean(), notes: z.array(z.object({ text: z.string() })).min(1) });
const events = z.object({ kept: z.number(), broken: z.number() });
const comparison = z.object({ lesson: z.number(), sabotage: z.string(), kept: run, broken: run, events });

test('a promise holds with its rule kept and not with it broken; each run reports as many notes as it has', async () => {
  await using program = startProgram('packages/learn/test/broken-rules.ts');
  const { code } = await program.ended;
  expect([code, program.stderr()]).toEqual([0, '']);
  const compared = program
    .stdout()
    .trim()
    .split('\n')
    .map((line) => comparison.parse(JSON.parse(line)));
  const rules = LESSONS.filter(({ broken }) => broken !== undefined).map(({ lesson }) => lesson);
  // The other lessons are about AWS, not about a rule of the protocol.
  expect(rules).toEqual([4, 5, 6, 9, 12, 13, 14]);
  expect(compared.map(({ lesson, kept, broken }) => [lesson, kept.holds, broken.holds])).toEqual(
    rules.map((lesson) => [lesson, true, false]),
  );
  // broken-rules.ts has counted the notes among the events that were reported for each run.
  for (const { kept, broken, events } of compared)
    expect(events).toEqual({ kept: kept.notes.length, broken: broken.notes.length });
});
