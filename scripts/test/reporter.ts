// The Jest reporter of `npm test`: sends the start and the result of each file to the runner, and prints nothing.
import { writeSync } from 'node:fs';
import { relative } from 'node:path';
import { EVENTS_FD, type FileResult, type RunnerEvent } from './events.ts';

/** The parts of Jest's types that this file uses. */
interface JestTest {
  readonly path: string;
}
interface JestResult {
  readonly numPassingTests: number;
  readonly numFailingTests: number;
  readonly testExecError?: unknown;
  readonly failureMessage?: string | null;
  readonly perfStats: { readonly runtime: number };
  readonly console?: readonly { readonly message: string }[];
  readonly testResults: readonly {
    readonly status: string;
    readonly ancestorTitles: readonly string[];
    readonly title: string;
    readonly fullName: string;
  }[];
}

/** The reason at the end of a suite's title: `[skipped: no Docker engine answers]`. */
const SKIP_MARK = /\[skipped: (.+)\]$/;

export default class RunnerReporter {
  onTestFileStart({ path }: JestTest): void {
    send({ event: 'start', file: relative(process.cwd(), path) });
  }

  onTestFileResult({ path }: JestTest, result: JestResult): void {
    send(summarise(relative(process.cwd(), path), result));
  }

  onRunComplete(): void {
    send({ event: 'done' });
  }

  getLastError(): undefined {
    return undefined;
  }
}

function summarise(file: string, result: JestResult): FileResult {
  const skipped = result.testResults.filter(({ status }) => status !== 'passed' && status !== 'failed');
  return {
    event: 'result',
    file,
    seconds: result.perfStats.runtime / 1000,
    passed: result.numPassingTests,
    failed: Math.max(result.numFailingTests, result.testExecError ? 1 : 0),
    skipped: skipped.length,
    reasons: skipped.map(
      ({ ancestorTitles, title, fullName }) => reasonOf([...ancestorTitles, title]) ?? `no reason given: ${fullName}`,
    ),
    failure: result.failureMessage ?? '',
    output: (result.console ?? []).map(({ message }) => message).join('\n'),
  };
}

function reasonOf(titles: readonly string[]): string | undefined {
  return titles.map((title) => SKIP_MARK.exec(title)?.[1]).find((reason) => reason !== undefined);
}

function send(event: RunnerEvent): void {
  writeSync(EVENTS_FD, `${JSON.stringify(event)}\n`);
}
