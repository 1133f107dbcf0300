// Every program of the checkout: `--help` prints and ends, an unknown option ends with 2, without other effects.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { startProgram } from '@movie-load/testing';
import { root } from '../support/repository.ts';

const programs = [
  'services/producer/src/main.ts',
  'services/consumer/src/main.ts',
  'services/console/src/main.ts',
  'services/console/src/build.ts',
  'packages/cli/src/main.ts',
  'packages/simulation/src/main.ts',
  'packages/bench/src/main.ts',
  'tests/chaos/main.ts',
  'scripts/test.ts',
  'scripts/docs.ts',
  'packages/cli/bench/why-a-queue.ts',
  'packages/local-aws/bench/engine.ts',
  'packages/local-aws/bench/http.ts',
  'tests/docker/rates.ts',
] as const;
/** A port where nothing listens: a program that starts to work fails with a connection error. */
const env = { AWS_ENDPOINT_URL: 'http://127.0.0.1:9', HTTP_PORT: '0', MOVIES: '5', npm_lifecycle_event: 'file' };

async function run(program: string, args: readonly string[], more: NodeJS.ProcessEnv = {}) {
  await using running = startProgram(program, { args, env: { ...env, ...more } });
  const { code } = await running.ended;
  return { code, stdout: running.stdout(), stderr: running.stderr() };
}

describe('a program', () => {
  test.each(programs)('%s --help prints its purpose, and does nothing', async (program) => {
    const { code, stdout, stderr } = await run(program, ['--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.length).toBeGreaterThan(80);
  });

  test.each(programs)('%s refuses an unknown option', async (program) => {
    const { code, stdout, stderr } = await run(program, ['--nonsense']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/nonsense/);
    expect(stderr).not.toMatch(/^ {4}at /m);
  });

  // For the test runner a word is a pattern.
  test.each(programs.filter((program) => program !== 'scripts/test.ts'))('%s refuses a stray word', async (program) => {
    const { code, stdout } = await run(program, ['nonsense']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  test.each(programs)('%s --help | true: a closed pipe is not an error', (program) => {
    const command = `"${process.execPath}" "${join(root, program)}" --help | true; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = spawnSync('bash', ['-c', command], {
      encoding: 'utf8',
      env: { ...process.env, ...env },
    });
    expect({ stdout, stderr }).toEqual({ stdout: '0\n', stderr: '' });
  });

  test('does not fail when the reader of a long output closes the pipe half-way', () => {
    const sim = join(root, 'packages/simulation/src/main.ts');
    const command = `"${process.execPath}" "${sim}" --seed 5 --trace | head -1; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = spawnSync('bash', ['-c', command], { encoding: 'utf8' });
    expect(stdout.split('\n').slice(1)).toEqual(['0', '']);
    expect(stderr).not.toContain('EPIPE');
  });

  test.each([
    ['packages/simulation/src/main.ts', 'sim', 'npm_config_seeds', '--seeds', 'npm run sim -- --seeds'],
    ['tests/chaos/main.ts', 'chaos', 'npm_config_runs', '--runs', 'npm run chaos -- --runs'],
    ['packages/bench/src/main.ts', 'bench', 'npm_config_quick', '--quick', 'npm run bench -- --quick'],
    ['scripts/test.ts', 'test', 'npm_config_t', '-t', 'npm test -- -t'],
    ['services/producer/src/main.ts', 'file', 'npm_config_movies', '--movies', 'npm run file -- --movies'],
  ])('%s reports options that npm did not pass on', async (program, script, variable, option, advice) => {
    const { code, stderr } = await run(program, ['5'], { npm_lifecycle_event: script, [variable]: 'true' });
    expect(code).toBe(2);
    expect(stderr).toContain(`npm took ${option} for itself`);
    expect(stderr).toContain(advice);
  });
});
