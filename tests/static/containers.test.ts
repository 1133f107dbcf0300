// What the compose file and the image need on machines that are not this one; what they do is tested in tests/docker.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { root } from '../support/repository.ts';

const read = (file: string): string => readFileSync(join(root, file), 'utf8');

describe('containers', () => {
  test('run as a user with a number: runAsNonRoot cannot tell that a name is not root', () => {
    const users = [...read('Dockerfile').matchAll(/^USER (.+)$/gm)].map(([, user]) => user);
    expect(users).toEqual([expect.stringMatching(/^[1-9]\d*(:[1-9]\d*)?$/)]);
    const inCompose = [...read('docker-compose.yml').matchAll(/^ {2,}user: (.+)$/gm)].map(([, user]) => user);
    expect(inCompose.filter((user) => !/^"[1-9]\d*(:[1-9]\d*)?"$/.test(user ?? ''))).toEqual([]);
  });

  test('see mounted files on SELinux too', () => {
    const mounts = [...read('docker-compose.yml').matchAll(/"(\.\/[^":]+:[^"]+)"/g)].map(([, mount]) => mount ?? '');
    expect(mounts.length).toBeGreaterThan(0);
    expect(mounts.filter((mount) => !/:(?:\w+,)*z(?:,\w+)*$/.test(mount))).toEqual([]);
  });

  test('are built anew when sources changed, and stop trying what stays wrong', () => {
    const compose = read('docker-compose.yml');
    expect(compose).toMatch(/^ +pull_policy: \$\{MOVIE_LOAD_PULL_POLICY:-build\}$/m);
    expect([...compose.matchAll(/restart: (on-failure\S*|always|unless-stopped)/g)].map(([, how]) => how)).toEqual([
      expect.stringMatching(/^on-failure:\d+$/),
    ]);
  });
});
