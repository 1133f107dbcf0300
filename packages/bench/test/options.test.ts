// The options of `npm run bench`, and its errors for wrong ones before it measures anything.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { benchOptions } from '../src/options.ts';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const bench = (args: readonly string[]) =>
  spawnSync(process.execPath, [main, ...args], { encoding: 'utf8', env: { PATH: process.env.PATH ?? '' } });

test.each<[args: string[], AWS_ENDPOINT_URL: string, expected: string]>([
  [['--rounds', '0'], '', '--rounds takes a whole number'],
  [['--rounds', 'many'], '', '--rounds takes a whole number'],
  [['--quick', '--full'], '', 'do not go together'],
  [['--replicas', '--quick'], '', 'do not go together'],
  [['--disturbed', '1', '--full'], '', 'do not go together'],
  [['--stretch', '4'], '', '--stretch goes with --replicas or --disturbed'],
  [['--replicas', '--stretch', '0'], '', '--stretch takes a number from 1'],
  [['--replicas', '--stretch', '101'], '', '--stretch takes a number from 1 to 100'],
  [['--disturbed', 'often'], '', '--disturbed takes a whole number'],
  [['--disturbed', '1.5'], '', '--disturbed takes a whole number'],
  [['--disturbed=-1'], '', '--disturbed takes a whole number from 0'],
  [['--fast'], '', "Unknown option '--fast'"],
  [['--quick'], 'localhost', 'not the http:// address'],
  [['--quick'], 'http://127.0.0.1:4566/path', 'not the http:// address'],
  [['--quick'], 'xhttp://127.0.0.1:4566', 'not the http:// address'],
  [['--quick'], 'https://sqs.us-east-1.amazonaws.com', 'not the http:// address'],
  [['--full'], 'http://127.0.0.1:4566', 'unset AWS_ENDPOINT_URL'],
  [['--replicas'], 'http://127.0.0.1:4566', 'unset AWS_ENDPOINT_URL'],
  [['--disturbed', '1'], 'http://127.0.0.1:4566', 'unset AWS_ENDPOINT_URL'],
])('reports wrong usage for %j with endpoint "%s"', (args, AWS_ENDPOINT_URL, expected) => {
  const read = () => benchOptions(args, { AWS_ENDPOINT_URL });
  expect(read).toThrow(expected);
  expect(read).toThrow('--help shows all options.');
});

test('every option has a default, and a number replaces it', () => {
  expect(benchOptions([], {})).toEqual({
    ...{ quick: false, full: false, replicas: false, json: false },
    ...{ rounds: 3, minStretch: 1, disturbances: undefined, upstream: undefined },
  });
  expect(benchOptions(['--quick'], { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' })).toMatchObject({
    rounds: 1,
    upstream: 'http://127.0.0.1:4566',
  });
  expect(benchOptions(['--disturbed', '10', '--stretch', '2.5'], {})).toMatchObject({
    disturbances: 10,
    minStretch: 2.5,
  });
  // At the limits; an empty variable is none.
  expect(benchOptions(['--disturbed', '0', '--stretch', '100'], { AWS_ENDPOINT_URL: '' })).toMatchObject({
    disturbances: 0,
    minStretch: 100,
    upstream: undefined,
  });
  expect(benchOptions(['--replicas', '--stretch', '1'], {})).toMatchObject({ replicas: true, minStretch: 1 });
});

test('wrong usage exits with code 2 and prints one line on standard error', () => {
  const { status, stdout, stderr } = bench(['--rounds', '0']);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr.trim().split('\n')).toHaveLength(1);
});

test('--help prints the help on standard output', () => {
  const { status, stdout } = bench(['--help']);
  expect(status).toBe(0);
  expect(stdout).toContain('Usage: npm run bench');
});
