// A test run that is killed leaves no container, no network and no volume.
import { expect, test } from '@jest/globals';
import { eventually, startProgram } from '@movie-load/testing';
import { needs } from '../support/needs.ts';
import { docker } from './support/docker.ts';

needs('docker')('a killed test run', () => {
  test('leaves no container, network or volume behind', async () => {
    await using program = startProgram('tests/docker/support/abandoned-stack.ts');
    const project = await eventually('LocalStack is up', () => program.stdout().trim() || undefined);
    const remaining = async () => {
      const label = `label=com.docker.compose.project=${project}`;
      const kinds = [
        ['ps', '--all'],
        ['network', 'ls'],
        ['volume', 'ls'],
      ];
      const ids = await Promise.all(kinds.map((kind) => docker([...kind, '--quiet', '--filter', label])));
      const listed = ids.join('');
      return listed;
    };
    expect(await remaining()).not.toBe('');
    program.kill('SIGKILL');
    await eventually('nothing is left', async () => (await remaining()) === '');
  });
});
