// The text of a lesson in a terminal.
import type { Lesson } from '@movie-load/learn';
import type { BrokenRun, Comparison, LessonRun, Letter, Measured, Note } from '@movie-load/operations/lessons';
import { bold } from '../../output.ts';

const COLUMNS = 100;

/** The text before the answer: the question and the possible answers. */
export function introText({ lesson, title, question, answers, setUp }: Lesson): string {
  const choices = Object.entries(answers).map(([letter, { text }]) => indented(`${letter}  ${text}`, 2, 5));
  return [bold(`${lesson}  ${title}`), '', wrapped(question), '', ...choices, '', wrapped(`Set up: ${setUp}`)].join(
    '\n',
  );
}

export interface Outcome {
  readonly chosen: Letter | undefined;
  readonly withoutCause: boolean;
}

/** The text after the run: what happened, which answer that showed, and why. */
export function outcomeText(lesson: Lesson, run: LessonRun, { chosen, withoutCause }: Outcome): string {
  const { explanation, code, page, look, cause } = lesson;
  const without = withoutCause ? [wrapped(`Without its cause: ${cause}`), ''] : [];
  const seen = [
    wrapped(`Look at: ${look}`),
    '',
    notesText(run.notes),
    '',
    wrapped(`measured: ${measuredText(run.measured)}`),
  ];
  const verdict = bold(verdictOf(run, chosen, withoutCause));
  if (withoutCause) return ['', ...without, ...seen, '', verdict].join('\n');
  const why = explanation.map((sentence, index) => indented(`${index + 1}. ${sentence}`, 0, 3));
  const links = [`our code  ${code.file}`, `          ${code.line}`, `AWS       ${page}`];
  return ['', ...seen, '', verdict, '', ...why, '', ...links, '', ...nextLines(lesson)].join('\n');
}

function verdictOf({ shown, right }: LessonRun, chosen: Letter | undefined, withoutCause: boolean): string {
  if (withoutCause) return `The run showed ${shown ?? 'none of the answers'}; with its cause it is ${right}.`;
  if (shown !== right)
    return `The run showed ${shown ?? 'none of the answers'}, and the lesson says ${right}: this is a fault of the lesson.`;
  if (chosen === undefined) return `It is ${right}.`;
  return chosen === right ? `Right: ${right}.` : `You said ${chosen}; it is ${right}.`;
}

function nextLines({ lesson, broken }: Lesson): string[] {
  const command = (words: string) => `  npm run movie-load -- learn ${words}`;
  return [
    'Try it:',
    command(`${lesson} --without-cause`),
    ...(broken === undefined ? [] : [command(`${lesson} --broken`)]),
    ...(lesson < 16 ? [command(String(lesson + 1))] : []),
  ];
}

/** The results of the run with the rule and of the run without it. */
export function brokenText({ lesson, title }: Lesson, { about, sabotage, kept, broken }: Comparison): string {
  const one = (name: string, run: BrokenRun) => [
    bold(name),
    notesText(run.notes),
    wrapped(`measured: ${measuredText(run.measured)}`),
    run.holds ? 'The promise holds.' : 'The promise is broken.',
    '',
  ];
  return [
    bold(`${lesson}  ${title}: the same world with a rule broken`),
    '',
    wrapped(about),
    '',
    ...one('With the code unchanged', kept),
    ...one(`With the sabotage “${sabotage}”`, broken),
    wrapped('The simulation finds this sabotage, too: npm run sim -- --sabotage'),
  ].join('\n');
}

const notesText = (notes: readonly Note[]): string =>
  notes.map(({ second, text }) => indented(`${second.toFixed(1).padStart(7)} s  ${text}`, 0, 11)).join('\n');

/** Leaves out series over time, which the page draws as charts: here the notes describe them. */
const measuredText = (measured: Measured): string =>
  Object.entries(measured)
    .filter(([, value]) => !Array.isArray(value))
    .map(([name, value]) => `${name} ${valueText(value)}`)
    .join(', ');

function valueText(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const members = Object.entries(value).map(([name, one]) => `${name} ${String(one)}`);
  return `(${members.join(', ')})`;
}

const wrapped = (text: string): string => indented(text, 0, 0);

/** Wraps text at word boundaries. */
function indented(text: string, first: number, others: number): string {
  const lines: string[] = [];
  let line = ' '.repeat(first);
  for (const [index, word] of text.split(' ').entries()) {
    const next = index === 0 ? line + word : `${line} ${word}`;
    if (next.length <= COLUMNS || index === 0) line = next;
    else {
      lines.push(line);
      line = ' '.repeat(others) + word;
    }
  }
  return [...lines, line].join('\n');
}
