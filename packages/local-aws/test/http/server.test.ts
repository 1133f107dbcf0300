// The limits of the server's connections.

import { expect, test } from '@jest/globals';
import { createServer } from '../../src/http/server.ts';

test('idle connections time out after a minute, headers after 20 seconds, and bodies never by the server’s own timeout', () => {
  const server = createServer(() => {});
  expect(server.keepAliveTimeout).toBe(60_000);
  expect(server.headersTimeout).toBe(20_000);
  expect(server.requestTimeout).toBe(0);
  expect(server.maxConnections).toBe(10_000);
});

test.each([
  ['request', false],
  ['checkContinue', true],
] as const)('the server passes on the event %s', (event, expects) => {
  const passed: unknown[][] = [];
  const server = createServer((...parts) => passed.push(parts));
  server.emit(event, 'request', 'response');
  expect(passed).toEqual([['request', 'response', ...(expects ? [true] : [])]]);
});
