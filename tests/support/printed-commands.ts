// The shell lines of the documents that read AWS, and a function that runs them as they are printed.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { readText, root, trackedFiles } from './repository.ts';
import { findAwsCli, pathOf } from './tools.ts';

export const COMMAND_TIMEOUT_MS = 120_000;

/** A call of the AWS CLI, or one whose answer is stored in a variable; settings; a curl; a command that repairs. */
const WANTED = [
  /^([A-Za-z_]+=\$\()?aws /,
  /^export AWS_/,
  /^curl .*AWS_ENDPOINT_URL/,
  /^npm -s run movie-load -- (verify|repair) /,
];
/** Documents whose commands change an account: stacks, a registry of images, profiles. */
const FOR_AN_ACCOUNT = ['docs/aws.md'];
/** The comment of a line that ends with another exit code than 0. */
const EXIT_CODE = /\s+# exit code (\d)\b.*$/;
const ON_ERROR = 'trap \'echo "this failed: $BASH_COMMAND" >&2\' ERR';

export interface Printed {
  readonly file: string;
  readonly commands: readonly string[];
}

/** The commands in the `sh` blocks of a document; a line that ends in a backslash continues in the next one. */
function printedIn(file: string): Printed {
  const text = readText(file);
  const blocks = Array.from(text.matchAll(/^```(?:sh|bash|shell)\n(.*?)^```/gms), ([, block = '']) => block);
  const lines = blocks.flatMap((block) => block.replaceAll(/\\\n\s*/g, ' ').split('\n'));
  return { file, commands: lines.filter((line) => WANTED.some((wanted) => wanted.test(line))) };
}

export function printedCommands(): Printed[] {
  return trackedFiles('*.md')
    .filter((file) => existsSync(join(root, file)) && !FOR_AN_ACCOUNT.includes(file))
    .map(printedIn)
    .filter(({ commands }) => commands.some((line) => /\baws /.test(line)));
}

export interface Reader {
  /** The folder in which the commands run; files that they write stay there. */
  readonly folder: string;
  readonly endpoint: string;
  /** The value for `<job_id>`. */
  readonly jobId: string;
  /** Environment of the reader's shell, without the variables that a document exports. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs the lines in one shell, unchanged but for the job's id and the endpoint's port. Returns standard output;
 * throws an error with the output of the failed line.
 */
export async function runPrinted(commands: readonly string[], reader: Reader): Promise<string> {
  const { folder, endpoint, jobId, env = {} } = reader;
  const bin = join(folder, 'bin');
  if (!existsSync(bin)) {
    mkdirSync(bin);
    symlinkSync(pathOf(findAwsCli()), join(bin, 'aws'));
  }
  const script = ['set -Eeuo pipefail', ON_ERROR, ...commands.map(expecting)]
    .join('\n')
    .replaceAll(/<job[_-]id>/g, jobId)
    .replaceAll('http://127.0.0.1:4566', endpoint);
  const { stdout } = await promisify(execFile)('bash', ['-c', script], {
    cwd: folder,
    timeout: COMMAND_TIMEOUT_MS * commands.length,
    maxBuffer: 64 * 1024 * 1024,
    env: {
      PATH: [bin, process.env.PATH].join(delimiter),
      HOME: folder,
      AWS_PAGER: '',
      JOB: jobId,
      JOB_ID: jobId,
      ...env,
    },
  });
  return stdout;
}

function expecting(line: string): string {
  const [, code] = EXIT_CODE.exec(line) ?? [];
  const bare = line.replace(EXIT_CODE, '');
  const command = bare.startsWith('npm ') ? `(cd '${root}' && ${bare})` : bare;
  return code === undefined ? command : `code=0; ${command} || code=$?; [ "$code" = ${code} ]`;
}
