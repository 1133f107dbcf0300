// What a server's sockets may do.

import { expect, test } from '@jest/globals';
import { createServer } from '../../src/http/server.ts';

test('idle connections stay a minute, heads have 20 seconds, and a body takes as long as it needs', () => {
  const server = createServer(() => {});
  expect(server.keepAliveTimeout).toBe(60_000);
  expect(server.headersTimeout).toBe(20_000);
  expect(server.requestTimeout).toBe(0);
  expect(server.maxConnections).toBe(10_000);
});

test.each([
  ['request', false],
  ['checkContinue', true],
] as const)('a %s is passed on', (event, expects) => {
  const passed: unknown[][] = [];
  const server = createServer((...parts) => passed.push(parts));
  server.emit(event, 'request', 'response');
  expect(passed).toEqual([['request', 'response', ...(expects ? [true] : [])]]);
});
