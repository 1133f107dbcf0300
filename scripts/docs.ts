// Generates pages from their sources: the index of decisions, the list of errors and the table of invariants.
// `npm run docs` writes them. `tests/static/docs.test.ts` fails if one is out of date.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ERROR_CODES } from '../packages/schema/src/error-codes.ts';
import { readArgumentsOrExit } from '../packages/service/src/arguments.ts';
import { INVARIANTS } from '../packages/simulation/src/oracle/invariants.ts';

const HELP = `Writes docs/errors.md, the index of docs/decisions and the table of invariants in docs/simulation.md from their sources.
It takes no options.

  npm run docs
`;

const root = dirname(dirname(fileURLToPath(import.meta.url)));

interface Decision {
  readonly file: string;
  readonly number: number;
  readonly title: string;
  /** `accepted`, or what superseded it, with links. */
  readonly status: string;
}

/** Topics and the first number of each; a new decision takes the next free number of its topic. */
const TOPICS: readonly (readonly [first: number, topic: string])[] = [
  [1, 'The whole project'],
  [10, 'The embedded AWS'],
  [20, 'AWS calls and storage'],
  [30, 'Sending and services'],
  [40, 'The consumer'],
  [50, 'Processes and the command line'],
  [60, 'The simulation'],
  [70, 'Containers'],
  [80, 'The console'],
  [90, 'Later decisions'],
  [100, 'AWS'],
];

/**
 * Reads number, title and status of a decision from its first lines.
 * @throws if one of them is missing, or if the number is not that of the file's name
 */
function readDecision(file: string): Decision {
  const text = readFileSync(join(root, 'docs/decisions', file), 'utf8');
  const heading = /^# (\d+)\. (.+)\n\nStatus: ([\s\S]+?)\.\n\n/.exec(text);
  const [, number, title, status] = heading ?? [];
  if (
    number === undefined ||
    title === undefined ||
    status === undefined ||
    Number(number) !== Number(file.slice(0, 4))
  ) {
    throw new Error(
      `docs/decisions/${file} must begin with "# ${Number(file.slice(0, 4))}. Title", an empty line and "Status: ….".`,
    );
  }
  return { file, number: Number(number), title, status: status.replaceAll('\n', ' ') };
}

/** The text of docs/decisions/README.md. */
function decisionsIndex(): string {
  const decisions = readdirSync(join(root, 'docs/decisions'))
    .filter((file) => /^\d{4}-.+\.md$/.test(file))
    .sort()
    .map(readDecision);
  const sections = TOPICS.map(([first, topic], index) => {
    const end = TOPICS[index + 1]?.[0] ?? Number.POSITIVE_INFINITY;
    const rows = decisions
      .filter(({ number }) => number >= first && number < end)
      .map(({ file, number, title, status }) => `| ${number} | [${title}](${file}) | ${status} |`);
    return rows.length === 0
      ? ''
      : `\n## ${topic}\n\n| | decision | status |\n| --- | --- | --- |\n${rows.join('\n')}\n`;
  });
  return `# Decisions

Each page explains one choice that would surprise a reader of the code: context, decision, consequence. Each topic has
its own range of numbers, so the numbers have gaps. A decision is not changed later. A new decision supersedes it, and
both pages link to each other. Where a new one changes only a detail, the old page says so ("Since …"). Measurements
are those of the time of the decision.

\`npm run docs\` writes this page.
${sections.join('')}`;
}

/** The text of docs/errors.md. */
function errorsPage(): string {
  const rows = Object.entries(ERROR_CODES)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([code, { when, next }]) => `| \`${code}\` | ${when} | ${next} |`);
  return `# Errors

Every error that movie-load throws itself is a \`MovieLoadError\`. Its message says what happened, to what, and what to do
next. Its \`code\` is stable, so programs can rely on it. Logs and the problem documents of the HTTP servers contain it.
\`MOVIE_LOAD_DEBUG=1\` adds the stack and the cause to the error that a command prints.

\`npm run docs\` writes this page from \`packages/schema/src/error-codes.ts\`.

| code | when | what to do |
| --- | --- | --- |
${rows.join('\n')}

## Exit codes

| code | meaning |
| --- | --- |
| 0 | done |
| 1 | failed: the message says why |
| 2 | wrong usage: an option, a setting or an argument; nothing was done |
| 70 | a bug of movie-load: AWS called a request invalid. Messages were released; please report it |
| 130 | interrupted by Ctrl-C |
| 143 | a command was interrupted by SIGTERM |
| 129 | a command was interrupted by SIGHUP |

A service that was asked to stop ends with 0 when it has stopped. A second signal ends it at once, with the signal's
code. A producer that was stopped before it had sent its one job ends with 130.
`;
}

/** The text of docs/simulation.md: the current page with a new table of invariants between its two comments. */
function simulationPage(): string {
  const page = readFileSync(join(root, 'docs/simulation.md'), 'utf8');
  const rows = Object.entries(INVARIANTS).map(([name, { sentence, when }]) => `| ${name} | ${sentence} | ${when} |`);
  const table = `| invariant | in words | checked at |\n| --- | --- | --- |\n${rows.join('\n')}\n`;
  const [before, fromTable] = page.split('<!-- invariants: begin -->\n');
  const after = fromTable?.split('<!-- invariants: end -->')[1];
  if (before === undefined || after === undefined)
    throw new Error('docs/simulation.md must have the lines <!-- invariants: begin --> and <!-- invariants: end -->.');
  return `${before}<!-- invariants: begin -->\n${table}<!-- invariants: end -->${after}`;
}

/** The text of each generated page by its path from the root. */
export function generatedPages(): ReadonlyMap<string, string> {
  return new Map([
    ['docs/decisions/README.md', decisionsIndex()],
    ['docs/errors.md', errorsPage()],
    ['docs/simulation.md', simulationPage()],
  ]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  readArgumentsOrExit({ help: HELP, options: {} });
  for (const [file, text] of generatedPages()) writeFileSync(join(root, file), text);
}
