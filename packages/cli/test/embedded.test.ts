// The embedded AWS as a process: its first message and its end; and ports that other programs use.
import { getEventListeners, once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { listenLocally } from '@movie-load/testing';
import { type EmbeddedMessage, startEmbeddedAws } from '../src/processes/embedded.ts';
import { portError, requireFreePort } from '../src/processes/port.ts';
import { RUN_FOREVER, replaceServices, serviceEnvironmentFor } from './fake-service.ts';

replaceServices();

const before = { ...process.env };
afterEach(() => {
  process.env = { ...before };
});

const sends = (message: EmbeddedMessage | object) => `echo '${JSON.stringify(message)}' >&$NODE_CHANNEL_FD`;
const LISTENING = { kind: 'listening', endpoint: 'http://127.0.0.1:4566' };
/** Runs until its parent disconnects, like the real process. */
const UNTIL_DISCONNECTED = 'read line <&$NODE_CHANNEL_FD';

/** Starts a process that runs these commands. */
function start(commands: readonly string[], options: Partial<Parameters<typeof startEmbeddedAws>[0]> = {}) {
  Object.assign(process.env, serviceEnvironmentFor(...commands));
  return startEmbeddedAws({ port: 4566, ...options });
}

describe('the embedded AWS', () => {
  test('reports its endpoint when it has started, runs until it is closed, and may be closed twice', async () => {
    const aws = await start([sends(LISTENING), UNTIL_DISCONNECTED]);
    expect([aws.endpoint, aws.labToken]).toEqual([LISTENING.endpoint, undefined]);
    let isGone = false;
    void aws.exited.then(() => {
      isGone = true;
    });
    await new Promise(setImmediate);
    expect(isGone).toBe(false);
    await aws.close();
    await aws.close();
    await aws.exited;
  });

  test('starts with a lab if that is requested, on the requested port', async () => {
    const args = 'case "$*" in *embedded-main.ts\\ 0\\ lab)';
    const aws = await start(
      [args, sends({ ...LISTENING, labToken: 'a-token' }), ';; *) exit 1 ;; esac', UNTIL_DISCONNECTED],
      {
        port: 0,
        lab: true,
      },
    );
    expect(aws.labToken).toBe('a-token');
    aws.kill();
    await aws.exited;
  });

  test.each([
    ['EADDRINUSE', 'port_taken', /^Port 4566 is taken by another program .* with --port\.$/],
    ['EACCES', 'port_refused', /^Port 4566 needs rights .* over 1023 with --port\.$/],
    ['ENOMEM', 'embedded_failed', /^The embedded AWS did not start: why$/],
  ])('reports the error %s of its start as %s', async (code, expectedCode, message) => {
    const failed = start([sends({ kind: 'failed', code, message: 'why' }), RUN_FOREVER]);
    await expect(failed).rejects.toMatchObject({ code: expectedCode, message: expect.stringMatching(message) });
  });

  test('fails to start when it ends before its first message', async () => {
    await expect(start(['exit 0'])).rejects.toMatchObject({ code: 'embedded_failed' });
    await expect(start(['exit 0'])).rejects.toThrow('it ended at once');
  });

  test('fails to start when its first message is not the expected one, and leaves no process behind', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'movie-load-embedded-'));
    const file = join(folder, 'pid');
    await expect(start([`echo $$ > ${file}`, sends({ kind: 'hello' }), RUN_FOREVER])).rejects.toThrow();
    const pid = Number(readFileSync(file, 'utf8'));
    rmSync(folder, { recursive: true });
    const isAlive = () => {
      try {
        process.kill(pid, 0);
      } catch {
        return false;
      }
      return true;
    };
    while (isAlive()) await new Promise(setImmediate);
  });

  test('is killed by Ctrl-C while it starts, and not after that', async () => {
    const early = new AbortController();
    const starting = start([RUN_FOREVER], { signal: early.signal });
    early.abort(new Error('Ctrl-C'));
    await expect(starting).rejects.toThrow('Ctrl-C');
    const late = new AbortController();
    const aws = await start([sends(LISTENING), UNTIL_DISCONNECTED], { signal: late.signal });
    expect(getEventListeners(late.signal, 'abort')).toEqual([]);
    await aws.close();
  });
});

test('an occupied port is refused with the option that names it; a free port stays free', async () => {
  const server = createServer();
  const { port } = await listenLocally(server);
  await expect(requireFreePort(port, '--console-port')).rejects.toMatchObject({
    code: 'port_taken',
    message: expect.stringContaining('choose another port with --console-port.'),
  });
  expect(portError('EACCES', 80, '--console-port')).toMatchObject({
    code: 'port_refused',
    message: expect.stringContaining('Choose one over 1023 with --console-port.'),
  });
  server.close();
  await once(server, 'close');
  for (let time = 0; time < 2; time += 1) await requireFreePort(port, '--console-port');
});
