// Runs a command in this process, and returns its output.
import { expect } from '@jest/globals';
import { reportError } from '../src/exit.ts';
import { createProgram } from '../src/program.ts';

export interface CommandRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command with the given variables instead of the process's own AWS settings. */
export async function runCommand(env: Readonly<Record<string, string>>, ...words: string[]): Promise<CommandRun> {
  const before = { ...process.env };
  const exitCode = process.exitCode;
  const streams = [process.stdout, process.stderr] as const;
  const writes = streams.map((stream) => stream.write);
  const printed = ['', ''];
  for (const [index, stream] of streams.entries()) {
    stream.write = (text: string | Uint8Array) => {
      printed[index] += String(text);
      return true;
    };
  }
  for (const name of Object.keys(process.env)) if (/^(AWS|MOVIE_LOAD)_/.test(name)) delete process.env[name];
  Object.assign(process.env, env);
  process.exitCode = 0;
  try {
    const program = await createProgram(words);
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    process.exitCode = reportError(error);
  } finally {
    const [write, writeError] = writes;
    if (write) process.stdout.write = write;
    if (writeError) process.stderr.write = writeError;
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
  }
  const code = Number(process.exitCode);
  process.exitCode = exitCode;
  return { code, stdout: printed[0] ?? '', stderr: printed[1] ?? '' };
}

/** Runs commands on the AWS that `aws` returns at the time of the call: a test file may replace it between tests. */
export function commandsOn(aws: () => { readonly env: Readonly<Record<string, string>> }) {
  const run = (...words: string[]) => runCommand(aws().env, ...words);
  /** The output of a command that succeeds without a warning. */
  const out = async (...words: string[]) => {
    const { code, stdout, stderr } = await run(...words);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return stdout;
  };
  const json = async (...words: string[]) => JSON.parse(await out(...words, '--json'));
  return { run, out, json };
}

/** The cells of a table, without padding. */
export const rows = (text: string) => text.split('\n').map((line) => line.trim().split(/ {2,}/));
