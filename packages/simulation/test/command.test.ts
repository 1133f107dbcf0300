// The output and exit codes of `npm run sim`.
import { expect, test } from '@jest/globals';
import { HARMLESS_CHANGES } from '../src/sabotage/harmless.ts';
import { SABOTAGES } from '../src/sabotage/list.ts';
import { sim } from './support.ts';

test('--help names every option', async () => {
  const { code, stdout } = await sim('--help');
  expect(code).toBe(0);
  const options = ['seed', 'seeds', 'from', 'name', 'list', 'quick', 'sabotage', 'scale', 'movies', 'place', 'calm'];
  for (const option of [...options, 'trace', 'json', 'help']) expect(stdout).toMatch(new RegExp(`--${option}\\b`));
});

const WRONG_USAGE = [
  ['--seeds', 'x'],
  ['--seeds', '0'],
  ['--nonsense'],
  ['--scale', '--seed', '1'],
  ['--sabotage', '--seed', '1', '--name', 'no such'],
  ['--sabotage', '--name', 'no such'],
  ['--sabotage', '--seed', '1'],
  ['--sabotage', '--seeds', '5'],
  ['--sabotage', '--seed', '1', '--name', 'delete before store', '--name', 'count before store'],
  ['--list'],
  ['--movies', '6'],
  ['--calm'],
  ['--place', 'consumer-1.1|sqs:ReceiveMessage|1 stall'],
  ['--seed', '1', '--place', 'nonsense'],
  ['--seed', '1', '--movies', '0'],
  ['--name', 'delete before store'],
];

test.each(WRONG_USAGE.map((args) => [args.join(' '), args] as const))(
  'wrong usage ends with 2: %s',
  async (_, args) => {
    const { code, stdout, stderr } = await sim(...args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('--help');
    expect(stderr).not.toMatch(/^ {4}at /m);
  },
);

test('--sabotage --list has a sentence for each about what it breaks', async () => {
  const { code, stdout } = await sim('--sabotage', '--list');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^delete before store\n {4}A message is deleted before its movies are stored: [^\n]+\.$/m);
  const rows: readonly { readonly name: string; readonly about: string }[] = JSON.parse(
    (await sim('--sabotage', '--list', '--json')).stdout,
  );
  const changes = [...SABOTAGES, ...HARMLESS_CHANGES];
  expect(rows.map(({ name }) => name)).toEqual(changes.map(({ name }) => name));
  expect(new Set(rows.map(({ about }) => about)).size).toBe(changes.length);
  for (const { about } of rows) expect(about).toMatch(/^[A-Z].{20,140}\.$/);
});

test('--name runs only the named sabotages, and counts them', async () => {
  const names = ['delete before store', 'overwrite a set instead of adding'];
  const { code, stdout } = await sim('--sabotage', ...names.flatMap((name) => ['--name', name]));
  expect(code).toBe(0);
  expect(stdout).toMatch(/^ +\d+ {2}delete before store +deleted ⇒ stored$/m);
  expect(stdout).toMatch(/^2 sabotages, 0 harmless changes, 0 not as expected, [\d.]+ s$/m);
});

test('--seed runs one seed, and --trace prints its events', async () => {
  const { code, stdout } = await sim('--seed', '5', '--trace');
  expect(code).toBe(0);
  expect(stdout).toMatch(/producer\.\d+ +sends job-\d #/);
  expect(stdout).toContain('seed 5 (resumes): no invariant broken');
});

test('--place adds a fault to a calm run, and the trace shows it', async () => {
  const fault = 'producer.1|sqs:SendMessageBatch|1 lost_answer';
  const { code, stdout } = await sim('--seed', '5', '--movies', '6', '--calm', '--place', fault, '--trace');
  expect(code).toBe(0);
  expect(stdout).toContain('producer.1      SendMessageBatch 1: lost_answer');
  expect(stdout).toMatch(/: no invariant broken; \d+ steps, 1 fault$/m);
});

test('a failing seed is reported with the broken invariant, the shortest schedule, a trace, and exit code 1', async () => {
  const name = 'delete before climbing';
  const table: { readonly table: readonly { readonly name: string; readonly seeds: number }[] } = JSON.parse(
    (await sim('--sabotage', '--json', '--name', name)).stdout,
  );
  const seed = table.table.find((row) => row.name === name)?.seeds;
  const { code, stdout } = await sim('--sabotage', '--seed', String(seed), '--name', name);
  expect(code).toBe(1);
  expect(stdout).toContain(`seed ${seed} (`);
  expect(stdout).toContain('breaks “every job can go on”\n  While a full set is missing in its parent, ');
  const [, kept, all, faults = ''] =
    /still breaks it: (\d+) of (\d+) faults, found in \d+ runs\n((?: {2}\S.*\n)*)\nThe trace/.exec(stdout) ?? [];
  expect(Number(kept)).toBeLessThanOrEqual(Number(all));
  expect(faults.split('\n').slice(0, -1)).toHaveLength(Number(kept));
  expect(stdout).toMatch(/\+ +\d+\.\d{3} {2}consumer-\d\.\d+ +deletes /);
  expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^✗ every job can go on: /);
});
