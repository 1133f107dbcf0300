// A service’s log line as text for people.
import { expect, test } from '@jest/globals';
import { logLineText } from '../src/processes/service-log.ts';

test.each([
  ['{"level":"warn","msg":"dead-lettered","message_id":"x","reason":"not_json"}', 'dead-lettered (not_json)'],
  [
    '{"level":"warn","msg":"a heartbeat failed","err":{"message":"another consumer has them"}}',
    'a heartbeat failed (another consumer has them)',
  ],
  ['{"msg":"a receive failed","err":{"message":"no answer","stack":"at x"}}', 'a receive failed (no answer)'],
  ['{"msg":"taking jobs","port":3}', 'taking jobs'],
  ['{"msg":"odd\\u001b[31m","detail":"a\\nb"}', 'odd�[31m (a�b)'],
  ['FATAL ERROR: heap out of memory', 'FATAL ERROR: heap out of memory'],
  ['{"no":"log"}', '{"no":"log"}'],
])('the log line %s is printed as %s', (line, text) => {
  expect(logLineText(line)).toBe(text);
});
