// The limits of the server's connections.

import { expect, test } from '@jest/globals';
import { createServer } from '../../src/http/server.ts';

test('connections are limited to 10,000, idle ones to a minute, headers to 20 seconds, and requests to no time', () => {
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
