import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { serviceReportSchema } from '@movie-load/schema';
import { startFixture } from './support.ts';

describe('a service process', () => {
  test('ends with the exit code of main, after its last log line and its last report', async () => {
    const service = startFixture({ MODE: 'end' });
    expect(await service.exit()).toEqual({ code: 0, signal: null });
    const lines = service.stderr().trimEnd().split('\n');
    expect(lines).toHaveLength(2000);
    expect(lines.map((line) => JSON.parse(line).line)).toEqual(Array.from({ length: 2000 }, (_, index) => index));
    const last = serviceReportSchema.parse(service.reports.at(-1));
    // The host, the process and a random part, so each start has another name.
    expect(last.instance).toMatch(new RegExp(`^.+-${service.child.pid}-[0-9a-f]{4}$`));
    expect(last).toMatchObject({ final: true, stored_movies: 7, calls: { 'sqs:ReceiveMessage': 3 }, write_units: 1.5 });
  });

  test('reports all wrong settings together, without a stack trace, and ends with exit code 2', async () => {
    const secret = 'wJalrXUtnFEMI-K7MDENG';
    const wrong = { POLLERS: '65', DRAIN_SECONDS: `x${secret}`, HTTP_PORT: '70000', LOG_LEVEL: 'loud' };
    const service = startFixture({ ...wrong, AWS_SECRET_ACCESS_KEY: secret });
    expect(await service.exit()).toEqual({ code: 2, signal: null });
    expect(service.stderr()).toContain('5 settings are wrong');
    for (const name of ['POLLERS', 'DRAIN_SECONDS', 'HTTP_PORT', 'LOG_LEVEL', 'MODE is not set']) {
      expect(service.stderr()).toContain(name);
    }
    expect(service.stderr()).not.toContain('    at ');
    expect(service.stderr()).not.toContain(secret);
  });

  test.each(['http://consumer', 'consumer/', 'con sumer', 'consumer:port', '*'])(
    'refuses HTTP_NAMES=%s, which could never match, with exit code 2',
    async (HTTP_NAMES) => {
      const service = startFixture({ MODE: 'end', HTTP_NAMES: `good.example,${HTTP_NAMES}` });
      expect(await service.exit()).toEqual({ code: 2, signal: null });
      expect(service.stderr()).toContain('HTTP_NAMES.1 takes names as clients call this server by, without http://');
    },
  );

  test('warns of a misspelt setting, and continues', async () => {
    const service = startFixture({ MODE: 'end', POLLER: '5', LOG_LEVEL: 'warn' });
    expect(await service.exit()).toEqual({ code: 0, signal: null });
    expect(JSON.parse(service.stderr())).toMatchObject({
      level: 'warn',
      msg: 'POLLER is not a setting, and is ignored: did you mean POLLERS?',
    });
  });

  test('warns of a misspelt setting also when it ends with 2 because another one is not set', async () => {
    const service = startFixture({ MODES: 'end', MODE: '', POLLER: '5' });
    expect(await service.exit()).toEqual({ code: 2, signal: null });
    expect(service.stderr()).toContain('POLLER is not a setting, and is ignored: did you mean POLLERS?');
    expect(service.stderr()).toContain('MODE is not set');
  });

  test('ends with 0 and a last report on SIGTERM; signals that follow at once have no effect', async () => {
    const service = startFixture({ MODE: 'wait' });
    await service.logs('listening');
    service.child.kill('SIGTERM');
    service.child.kill('SIGINT');
    service.child.kill('SIGINT');
    expect(await service.exit()).toEqual({ code: 0, signal: null });
    expect(service.reports.at(-1)).toMatchObject({ final: true });
  });

  test('shuts down when its parent has ended', async () => {
    const service = startFixture({ MODE: 'wait' });
    await service.logs('listening');
    service.child.disconnect();
    expect(await service.exit()).toEqual({ code: 0, signal: null });
    expect(service.stderr()).toContain('parent gone');
  });

  test('ends although main hangs', async () => {
    const service = startFixture({ MODE: 'hang' });
    await service.logs('listening');
    service.child.kill('SIGTERM');
    expect(await service.exit()).toEqual({ code: 1, signal: null });
    expect(service.stderr()).toMatch(/"limit_ms":100,.*took too long/);
  });

  test('ends on an unhandled rejection with a clear log line and exit code 1', async () => {
    const service = startFixture({ MODE: 'reject' });
    expect(await service.exit()).toEqual({ code: 1, signal: null });
    const [line = ''] = service
      .stderr()
      .split('\n')
      .filter((text) => text.includes('"level":"fatal"'));
    expect(JSON.parse(line)).toMatchObject({
      ...{ level: 'fatal', msg: 'unhandled rejection: this is a bug' },
      err: { type: 'TypeError', message: 'an unhandled rejection', stack: expect.any(String) },
    });
  });

  test('cleans up in reverse order, whatever fails or hangs, and ends with the exit code of main', async () => {
    const service = startFixture({ MODE: 'clean-ups' });
    expect(await service.exit()).toEqual({ code: 0, signal: null });
    const logged = service
      .stderr()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).msg);
    expect(logged).toEqual(['deferred last', 'cleaning up failed', 'deferred first']);
  });

  test('ends with 70 on an unhandled rejection by a malformed request', async () => {
    const service = startFixture({ MODE: 'reject-bug' });
    expect(await service.exit()).toEqual({ code: 70, signal: null });
  });

  test('ends with 70 when AWS calls a request malformed, which is a bug of movie-load', async () => {
    const service = startFixture({ MODE: 'bug' });
    expect(await service.exit()).toEqual({ code: 70, signal: null });
  });

  test('writes no credential to the log', async () => {
    const secret = 'wJalr"XUtnFEMI\\K7MDENG';
    const service = startFixture({ MODE: 'wait', AWS_SECRET_ACCESS_KEY: secret });
    await service.logs('listening');
    service.child.kill('SIGTERM');
    await service.exit();
    expect(service.stderr()).toContain('"password":"[removed]"');
    expect(service.stderr()).not.toContain('wJalr');
  });

  test('reports a port that is taken in one sentence', async () => {
    const first = startFixture({ MODE: 'wait' });
    await first.logs('listening');
    const { port } = JSON.parse(first.stderr().split('\n')[0] ?? '');
    const second = startFixture({ MODE: 'wait', HTTP_PORT: String(port) });
    expect(await second.exit()).toEqual({ code: 1, signal: null });
    expect(second.stderr()).toContain(`Cannot listen on 127.0.0.1:${port}`);
    expect(second.stderr()).not.toContain('    at ');
    first.child.kill('SIGTERM');
    await first.exit();
  });

  test('logs no error when a client hangs up in the middle of its request', async () => {
    const service = startFixture({ MODE: 'wait', LOG_LEVEL: 'debug' });
    await service.logs('listening');
    const { port } = JSON.parse(service.stderr().split('\n')[0] ?? '');
    for (const head of ['content-length: 50', 'transfer-encoding: chunked']) {
      const socket = connect(port, '127.0.0.1');
      socket.write(`POST /echo HTTP/1.1\r\nhost: localhost\r\nexpect: 100-continue\r\n${head}\r\n\r\n1\r\n{`);
      await once(socket, 'data');
      socket.destroy();
    }
    const hungUp = () => service.stderr().split('hung up').length - 1;
    while (hungUp() < 2) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(service.stderr()).not.toMatch(/"level":"(?:warn|error|fatal)"/);
    // The same error while the client waits for the answer.
    await fetch(`http://127.0.0.1:${port}/echo`, { method: 'POST', body: '{' });
    await service.logs('"level":"error"');
    service.child.kill('SIGTERM');
    await service.exit();
  });
});
