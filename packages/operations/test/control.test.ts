// The protocol between the console and `up`: requests and responses.
import { expect, test } from '@jest/globals';
import { controlActionSchema, controlledConsumersSchema } from '../src/control.ts';

const consumer = {
  name: 'consumer 1',
  instance: 'host-1',
  state: 'working',
  url: 'http://127.0.0.1:8080',
  ended: null,
};
const takes = (more: object) => controlledConsumersSchema.safeParse({ consumers: [{ ...consumer, ...more }] }).success;

test('the actions on consumers are add, kill, pause and resume', () => {
  expect(controlActionSchema.options.toSorted()).toEqual(['add', 'kill', 'pause', 'resume']);
  expect(controlActionSchema.safeParse('stop').success).toBe(false);
});

test('the instance, address and ending of a consumer may be null but not missing, and texts have a limit', () => {
  expect(takes({})).toBe(true);
  // Before its first report.
  expect(takes({ instance: null, url: null, state: 'starting' })).toBe(true);
  expect(takes({ state: 'gone', ended: 'killed' })).toBe(true);
  expect(takes({ state: 'paused' })).toBe(true);
  for (const wrong of [
    ...[{ name: 'x'.repeat(257) }, { instance: 'x'.repeat(257) }, { instance: undefined }, { state: 'asleep' }],
    ...[{ url: 'nowhere' }, { url: undefined }, { ended: 'x'.repeat(1025) }, { ended: undefined }],
  ])
    expect([wrong, takes(wrong)]).toEqual([wrong, false]);
  const longest = { name: 'x'.repeat(256), instance: 'x'.repeat(256), ended: 'x'.repeat(1024) };
  expect(takes(longest)).toBe(true);
});
