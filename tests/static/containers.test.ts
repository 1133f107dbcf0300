// Properties of the compose file and the image that matter on other machines. tests/docker tests what they do.
import { describe, expect, test } from '@jest/globals';
import { readText } from '../support/repository.ts';
import { composeServices } from '../support/yaml-files.ts';

describe('containers', () => {
  test('run as a numeric user, because runAsNonRoot cannot check a name', () => {
    const users = [...readText('Dockerfile').matchAll(/^USER (.+)$/gm)].map(([, user]) => user);
    expect(users).toEqual([expect.stringMatching(/^[1-9]\d*(:[1-9]\d*)?$/)]);
    const inCompose = Object.values(composeServices()).flatMap(({ user }) => user ?? []);
    expect(inCompose.filter((user) => !/^[1-9]\d*(:[1-9]\d*)?$/.test(user))).toEqual([]);
  });

  test('can read mounted files on SELinux, too', () => {
    const volumes = Object.values(composeServices()).flatMap((service) => service.volumes);
    const mounts = volumes.filter((volume) => volume.startsWith('./'));
    expect(mounts.length).toBeGreaterThan(0);
    expect(mounts.filter((mount) => !/:(?:\w+,)*z(?:,\w+)*$/.test(mount))).toEqual([]);
  });

  test('of our image rebuild it when sources change, and restart a limited number of times', () => {
    const builtServices = Object.values(composeServices()).filter((service) => service.pull_policy !== undefined);
    expect(builtServices.length).toBeGreaterThan(3);
    for (const { pull_policy, restart } of builtServices) {
      expect(pull_policy).toBe(`\${MOVIE_LOAD_PULL_POLICY:-build}`);
      expect(restart).toMatch(/^(on-failure:\d+|no)$/);
    }
  });
});

test('no image has the embedded AWS, its lab, the lessons, the simulation or a benchmark', () => {
  const ignored = readText('.dockerignore').split('\n');
  // The last matching line wins, so no later line may include them again.
  const last = ignored.findLastIndex((line) => line.startsWith('!'));
  for (const name of ['bench', 'learn', 'local-aws', 'simulation']) {
    expect(ignored.indexOf(`packages/${name}/**`)).toBeGreaterThan(last);
  }
});

test('building an image for another architecture runs only programs of the building machine', () => {
  const stages = readText('Dockerfile')
    .split(/^(?=FROM )/m)
    .slice(1)
    .map((text) => ({ from: text.split('\n', 1)[0] ?? '', runs: /^RUN /m.test(text) }));
  const names = new Map(stages.map(({ from }) => [from.split(' AS ')[1] ?? 'the last', from]));
  /** The image that a stage is finally based on. */
  const baseOf = (from: string): string => {
    const [, parent = ''] = /^FROM (\S+)(?: AS \S+)?$/.exec(from) ?? [];
    const line = names.get(parent);
    return line === undefined ? from : baseOf(line);
  };
  const running = stages.filter(({ runs }) => runs).map(({ from }) => baseOf(from));
  expect(running.length).toBeGreaterThan(3);
  for (const from of running) expect(from).toMatch(/^FROM --platform=\$BUILDPLATFORM /);
  // The last one is of the target's architecture, and only copies.
  expect(stages.at(-1)).toEqual({ from: `FROM \${NODE_IMAGE}`, runs: false });
});
