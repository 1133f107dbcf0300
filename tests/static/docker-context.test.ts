// Tests that start containers find the engine where Docker's command line finds it.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { dockerContextEnvironment } from '../../scripts/test/docker-context.ts';

let bin: string;
/** An environment whose `docker` command prints the text when it is asked for the current context. */
const dockerAnswering = (text: string, code = 0) => {
  writeFileSync(join(bin, 'docker'), `#!/bin/sh\n[ "$1 $2" = "context inspect" ] && echo "${text}"\nexit ${code}\n`);
  chmodSync(join(bin, 'docker'), 0o755);
  return { PATH: `${bin}:${process.env.PATH}` };
};

beforeAll(() => {
  bin = mkdtempSync(join(tmpdir(), 'movie-load-context-'));
});
afterAll(() => rmSync(bin, { recursive: true, force: true }));

describe('the Docker engine of the tests', () => {
  test('is that of the current context', () => {
    const host = 'unix:///Users/me/.colima/default/docker.sock';
    expect(dockerContextEnvironment(dockerAnswering(host))).toEqual({ DOCKER_HOST: host });
  });

  // The result is what must be added to the environment.
  test('needs no setting if DOCKER_HOST is set, or if the context is the default one or unknown', () => {
    const env = { ...dockerAnswering('unix:///other.sock'), DOCKER_HOST: 'tcp://127.0.0.1:2375' };
    expect(dockerContextEnvironment(env)).toEqual({});
    expect(dockerContextEnvironment(dockerAnswering('unix:///var/run/docker.sock'))).toEqual({});
    expect(dockerContextEnvironment(dockerAnswering('no such command', 1))).toEqual({});
    expect(dockerContextEnvironment({ PATH: '/nonexistent' })).toEqual({});
  });
});
