// The shell commands in documents that read AWS, and a function that runs them as they are printed.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { readText, root, trackedFiles } from './repository.ts';
import { findAwsCli, pathOf } from './tools.ts';

export const COMMAND_TIMEOUT_MS = 600_000;

/** Calls of the AWS CLI (also with the answer in a variable), AWS settings, calls by curl, `verify` and `repair`. */
const COMMAND_PATTERNS = [
  /^([A-Za-z_]+=\$\()?aws /,
  /^export AWS_/,
  /^curl .*AWS_ENDPOINT_URL/,
  /^npm -s run movie-load -- (verify|repair) /,
];
/** Documents whose commands change an account: stacks, a registry of images, profiles. */
const ACCOUNT_DOCUMENTS = ['docs/aws.md'];
/** The comment after a command that ends with another exit code than 0. */
const EXIT_CODE = /\s+# exit code (\d)\b.*$/;
const ON_ERROR = 'trap \'echo "this failed: $BASH_COMMAND" >&2\' ERR';

export interface PrintedCommands {
  readonly file: string;
  readonly commands: readonly string[];
}

/** The commands in the `sh` blocks of a document; a line that ends in a backslash continues in the next one. */
function commandsIn(file: string): PrintedCommands {
  const text = readText(file);
  const blocks = Array.from(text.matchAll(/^```(?:sh|bash|shell)\n(.*?)^```/gms), ([, block = '']) => block);
  const lines = blocks.flatMap((block) => block.replaceAll(/\\\n\s*/g, ' ').split('\n'));
  return { file, commands: lines.filter((line) => COMMAND_PATTERNS.some((pattern) => pattern.test(line))) };
}

export function printedCommands(): PrintedCommands[] {
  return trackedFiles('*.md')
    .filter((file) => existsSync(join(root, file)) && !ACCOUNT_DOCUMENTS.includes(file))
    .map(commandsIn)
    .filter(({ commands }) => commands.some((line) => /\baws /.test(line)));
}

export interface ReaderShell {
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
export async function runPrinted(commands: readonly string[], shell: ReaderShell): Promise<string> {
  const { folder, endpoint, jobId, env = {} } = shell;
  const bin = join(folder, 'bin');
  if (!existsSync(bin)) {
    mkdirSync(bin);
    symlinkSync(pathOf(findAwsCli()), join(bin, 'aws'));
  }
  const script = ['set -Eeuo pipefail', ON_ERROR, ...commands.map(withExpectedExitCode)]
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

function withExpectedExitCode(line: string): string {
  const [, code] = EXIT_CODE.exec(line) ?? [];
  const uncommented = line.replace(EXIT_CODE, '');
  const command = uncommented.startsWith('npm ') ? `(cd '${root}' && ${uncommented})` : uncommented;
  return code === undefined ? command : `code=0; ${command} || code=$?; [ "$code" = ${code} ]`;
}
