// Commands in documents and messages work on the Node that README promises: by npm, whose launcher fetches the right
// one.
import { expect, test } from '@jest/globals';
import { createProgram } from '../../packages/cli/src/program.ts';
import { readText, trackedFiles } from '../support/repository.ts';

const BARE_NODE = /\bnode (?:--?[\w-]+(?:=\S+)? )*(?:\.\/)?[\w<>/-]+(?:\.[\w-]+)*\.ts\b/;
const PORT_OF_MACOS = /--(?:[a-z]+-)?port[ =]5000\b|\b(?:127\.0\.0\.1|localhost):5000\b/;

const lines = trackedFiles('*.md', '*.ts', '*.tsx', '*.mjs', '*.sh', '*.yml')
  .filter((file) => !file.startsWith('tests/static/'))
  .flatMap((file) =>
    readText(file)
      .split('\n')
      .map((text, index) => ({ at: `${file}:${index + 1}`, text })),
  );

test('no documented command runs a TypeScript file with a Node that may be too old', () => {
  expect(BARE_NODE.test('run `node packages/a/b.ts 5`')).toBe(true);
  expect(lines.filter(({ text }) => BARE_NODE.test(text))).toEqual([]);
});

test('no example uses port 5000, which macOS uses', () => {
  expect(PORT_OF_MACOS.test('up --console-port 5000')).toBe(true);
  expect(lines.filter(({ text }) => PORT_OF_MACOS.test(text))).toEqual([]);
});

const program = await createProgram([]);

/** What is wrong with a command line as a document has it; undefined when its command and its options exist. */
function problemOf(line: string): string | undefined {
  const words = line.replace(/\s+#.*$/, '').split(/\s+/);
  let command = program;
  for (const word of words) {
    const next = command.commands.find((subcommand) => subcommand.name() === word);
    if (next === undefined) break;
    command = next;
  }
  if (command === program && !words[0]?.startsWith('-')) return `no command ${words[0]}`;
  // A command with subcommands may run its default subcommand.
  const knownOptions = [command, ...command.commands].flatMap(({ options }) => options.map(({ long }) => long));
  const unknown = words.filter(
    (word) => word.startsWith('--') && word !== '--help' && !knownOptions.includes(word.split('=')[0]),
  );
  return unknown.length === 0 ? undefined : `no option ${unknown.join(', ')} of ${command.name()}`;
}

const INLINE = /`movie-load ([a-z-][^`|]*)`/g;
const IN_A_BLOCK = /^\s*(?:npm (?:-s )?run |docker compose run --rm )?movie-load (?:-- )?([a-z-][^|>\n]*)/gm;

/** The command lines of a document: in backticks, or at the beginning of a line of a block of code. */
function commandsIn(file: string): string[] {
  const text = readText(file);
  const [prose, blocks] = [0, 1].map((parity) =>
    text
      .split(/^```.*$/m)
      .filter((_, index) => index % 2 === parity)
      .join('\n'),
  );
  return [...(prose ?? '').matchAll(INLINE), ...(blocks ?? '').matchAll(IN_A_BLOCK)].map(([, line = '']) =>
    line.trim(),
  );
}

test('every documented command of movie-load exists, with its options', () => {
  expect(problemOf('dlq ls --reason not_json # why')).toBeUndefined();
  expect(problemOf('jobs --stuck')).toBe('no option --stuck of jobs');
  expect(problemOf('job-list')).toBe('no command job-list');
  const files = trackedFiles('*.md').filter((file) => file !== 'CHANGELOG.md');
  const commands = files.flatMap((file) => commandsIn(file).map((line) => ({ file, line, problem: problemOf(line) })));
  expect(commands.length).toBeGreaterThan(100);
  expect(commands.filter(({ problem }) => problem !== undefined)).toEqual([]);
});
