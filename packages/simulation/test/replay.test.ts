// A seed is a schedule: it replays exactly, and a failing one is shrunk to the faults that it needs.
import { describe, expect, test } from '@jest/globals';
import type { Invariant } from '../src/oracle/invariants.ts';
import { runSeed, type SeedResult } from '../src/run/run-seed.ts';
import { shrink } from '../src/run/shrink.ts';

async function runTraced(seed: number, only?: ReadonlySet<string>) {
  const lines: string[] = [];
  const result = await runSeed({ seed, only, trace: (ms, who, what) => void lines.push(`${ms} ${who} ${what}`) });
  return { result, lines };
}

describe('a run', () => {
  test.each([3, 8, 12])('of seed %d is the same each time, to the last line of its trace', async (seed) => {
    const first = await runTraced(seed);
    const second = await runTraced(seed);
    expect(second.lines).toEqual(first.lines);
    expect(second.result).toEqual(first.result);
    expect(first.lines.length).toBeGreaterThan(50);
  });

  test('of another seed has another trace', async () => {
    expect((await runTraced(3)).lines).not.toEqual((await runTraced(4)).lines);
  });

  test('without faults has none, and its job becomes COMPLETE without help', async () => {
    const { result } = await runTraced(3, new Set());
    expect(result.faults).toEqual([]);
    expect(result.branches).not.toHaveProperty('crashes');
    expect(result.branches['job COMPLETE without help']).toBeGreaterThan(0);
  });

  test('with all of its faults is the same run, and with some of them has no others', async () => {
    const { result } = await runTraced(12);
    const all = result.faults;
    expect((await runTraced(12, new Set(all))).result).toEqual(result);
    const chosen = new Set(all.filter((_, index) => index % 2 === 0));
    const { faults } = (await runTraced(12, chosen)).result;
    expect(faults.length).toBeGreaterThan(0);
    for (const id of faults) expect(chosen).toContain(id);
  });
});

test('a resume is not blamed for messages that another one sent when it died', async () => {
  // The consumers die with the first messages, so that resume.3 finds them missing; the job completes while it is
  // stopped. Its send is in flight when it dies, and takes effect during the needless resume.4 at the end.
  const placed = [
    'consumer-1.1|sqs:ReceiveMessage|1 crash_after_effect',
    'consumer-2.1|sqs:ReceiveMessage|1 crash_after_effect',
    'resume.3|dynamodb:GetItem|3 stall',
    'resume.3|sqs:SendMessageBatch|1 crash_then_effect',
  ];
  const lines: string[] = [];
  const { violation } = await runSeed({
    seed: 81,
    placed,
    only: new Set(['resume 0', ...placed]),
    trace: (_, who, what) => void lines.push(`${who} ${what}`),
  });
  // If the calls of a resume change, another seed or other places may be needed for this order.
  const order = [
    'resume.3 ✝ the process dies',
    'world faults stop',
    'resume.4 starts',
    'resume.3 sends job-0 #5',
    'resume.4 has done its work',
  ];
  expect(lines.map((line) => order.find((start) => line.startsWith(start))).filter(Boolean)).toEqual(order);
  expect(violation).toBeUndefined();
});

describe('`shrink`', () => {
  const faults = Array.from({ length: 40 }, (_, index) => `fault ${index}`);
  const result = (faultIds: readonly string[], invariant?: Invariant): SeedResult => ({
    seed: 1,
    theme: 'everything',
    violation: invariant === undefined ? undefined : { invariant, detail: '' },
    steps: 0,
    virtualMs: 0,
    faults: faultIds,
    faultCounts: {},
    branches: {},
  });
  const failsWith = (needed: readonly string[]) => async (only: ReadonlySet<string>) =>
    result([...only], needed.every((id) => only.has(id)) ? 'liveness' : undefined);

  test('keeps exactly the faults that are needed', async () => {
    const needed = ['fault 3', 'fault 17', 'fault 38'];
    const shrunk = await shrink(result(faults, 'liveness'), failsWith(needed));
    expect(shrunk.faults).toEqual(needed);
    expect(shrunk.runs).toBeLessThan(200);
  });

  test('keeps no fault when the run fails without any', async () => {
    expect((await shrink(result(faults, 'liveness'), failsWith([]))).faults).toEqual([]);
  });

  test('does not confuse another failure with this one', async () => {
    const other = async (only: ReadonlySet<string>) =>
      result([...only], only.has('fault 5') ? 'liveness' : 'nothing is lost');
    expect((await shrink(result(faults, 'liveness'), other)).faults).toEqual(['fault 5']);
  });
});
