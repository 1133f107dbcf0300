// Wrong usage of commands: exit code 2, an error of a line or two, nothing on standard output, and no stack.
import { expect, test } from '@jest/globals';
import { runCommand } from './run-command.ts';

const UNREACHABLE = 'http://127.0.0.1:9';

test.each<{ readonly args: string[]; readonly endpoint?: string; readonly code: number; readonly message: RegExp }>([
  { args: ['start', '--movies', '0'], code: 2, message: /--movies must be a whole number from 1 to 100,000,000/ },
  { args: ['start', '--movies', 'x'], code: 2, message: /--movies must be a whole number .* not "x"/ },
  { args: ['start', '--movies', '200000000'], code: 2, message: /--movies must be a whole number/ },
  { args: ['start', '--movies', '1000001'], code: 2, message: /Add --yes/ },
  { args: ['start', '--consumers', '0'], code: 2, message: /--consumers must be a whole number from 1 to/ },
  { args: ['start', '--seed', '-1'], code: 2, message: /--seed must be/ },
  { args: ['start', '--movies-per-message', 'much'], code: 2, message: /--movies-per-message must be/ },
  { args: ['start', '--out', '/dev/null/downloads'], code: 2, message: /Nothing can be written to .* --out/ },
  { args: ['start', '--out', '/proc/downloads'], code: 2, message: /Nothing can be written to .* --out/ },
  { args: ['start', '--nothing'], code: 2, message: /unknown option '--nothing'/ },
  { args: ['nothing'], code: 2, message: /unknown command 'nothing'/ },
  { args: ['dlq', 'lst'], code: 2, message: /unknown command 'dlq lst' \(below `dlq` are: ls, show, redrive, purge\)/ },
  { args: ['dlq', '--json', 'lst'], code: 2, message: /unknown command 'dlq lst'/ },
  { args: ['dlq', '--job', 'ls', 'lst'], code: 2, message: /unknown command 'dlq lst'/ },
  { args: ['dlq', '--max', '5'], code: 2, message: /AWS_ENDPOINT_URL is not set/ },
  { args: ['queue', 'pek', '--json'], code: 2, message: /unknown command 'queue pek'/ },
  { args: ['up', '--port', '70000'], code: 2, message: /--port must be a whole number from 0 to 65,535/ },
  { args: ['setup'], code: 2, message: /AWS_ENDPOINT_URL is not set.*--aws/ },
  { args: ['produce'], code: 2, message: /AWS_ENDPOINT_URL is not set/ },
  { args: ['consume'], code: 2, message: /AWS_ENDPOINT_URL is not set/ },
  { args: ['setup'], endpoint: 'nonsense', code: 2, message: /AWS_ENDPOINT_URL is not an http\(s\) URL/ },
  { args: ['resume', '--plan', 'xx'], endpoint: UNREACHABLE, code: 2, message: /not a plan token/ },
  { args: ['jobs', '--limit', '0'], code: 2, message: /--limit must be a whole number from 1 to 1,000/ },
  { args: ['up', '--visibility', '0'], code: 2, message: /--visibility must be a whole number from 1 to 43,200/ },
  { args: ['up', '--wait', '21'], code: 2, message: /--wait must be a whole number from 1 to 20/ },
  { args: ['up', '--pollers', '65'], code: 2, message: /--pollers must be a whole number from 1 to 64/ },
  { args: ['up', '--groups', '65'], code: 2, message: /--groups must be a whole number from 1 to 64/ },
  { args: ['up', '--trace', '--console-port', '0'], code: 2, message: /--trace needs a --console-port other than 0/ },
  { args: ['watch', '--every', '0'], code: 2, message: /--every must be a whole number from 1 to 3,600/ },
  { args: ['movies', 'x', '--grep', '('], code: 2, message: /is not a regular expression/ },
])('reports wrong usage of $args at endpoint $endpoint', async ({ args, code, message, endpoint }) => {
  const ended = await runCommand(endpoint === undefined ? {} : { AWS_ENDPOINT_URL: endpoint }, ...args);
  expect({ code: ended.code, stdout: ended.stdout }).toEqual({ code, stdout: '' });
  expect(ended.stderr).toMatch(message);
  expect(ended.stderr.trim().split('\n').length).toBeLessThanOrEqual(2);
  expect(ended.stderr).not.toMatch(/^\s+at /m);
});
