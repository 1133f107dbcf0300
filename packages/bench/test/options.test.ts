// What `npm run bench` says to wrong options, before it measures anything.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const bench = (args: readonly string[], env: Record<string, string> = {}) =>
  spawnSync(process.execPath, [main, ...args], { encoding: 'utf8', env: { PATH: process.env.PATH ?? '', ...env } });

test.each<[args: string[], AWS_ENDPOINT_URL: string, says: string]>([
  [['--rounds', '0'], '', '--rounds takes a whole number'],
  [['--rounds', 'many'], '', '--rounds takes a whole number'],
  [['--quick', '--full'], '', 'do not go together'],
  [['--replicas', '--quick'], '', '--replicas goes without'],
  [['--stretch', '4'], '', '--stretch goes with --replicas or --disturbed'],
  [['--replicas', '--stretch', '0'], '', '--stretch takes a number from 1'],
  [['--disturbed', 'often'], '', '--disturbed takes a whole number'],
  [['--disturbed', '1', '--full'], '', '--disturbed goes without'],
  [['--fast'], '', "Unknown option '--fast'"],
  [['--quick'], 'localhost', 'not the http:// address'],
  [['--quick'], 'https://sqs.us-east-1.amazonaws.com', 'not the http:// address'],
  [['--full'], 'http://127.0.0.1:4566', 'unset AWS_ENDPOINT_URL'],
])('%j with endpoint "%s" ends with 2', (args, AWS_ENDPOINT_URL, says) => {
  const { status, stdout, stderr } = bench(args, { AWS_ENDPOINT_URL });
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(says);
  expect(stderr).toContain('--help shows all options.');
  expect(stderr.trim().split('\n')).toHaveLength(1);
});

test('--help is on standard output', () => {
  const { status, stdout } = bench(['--help']);
  expect(status).toBe(0);
  expect(stdout).toContain('Usage: npm run bench');
});
