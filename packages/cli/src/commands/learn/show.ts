// The text of a lesson in a terminal.
import type { Lesson } from '@movie-load/learn';
import type { ComparedRun, Comparison, LessonRun, Letter, Measured, Note } from '@movie-load/operations/lessons';
import { bold } from '../../output.ts';

const COLUMNS = 100;

/** The text before the answer: the question and the possible answers. */
export function introText({ lesson, title, question, answers, setUp }: Lesson): string {
  const choices = Object.entries(answers).map(([letter, { text }]) => wrapIndented(`${letter}  ${text}`, 2, 5));
  return [bold(`${lesson}  ${title}`), '', wrap(question), '', ...choices, '', wrap(`Set up: ${setUp}`)].join('\n');
}

export interface OutcomeOptions {
  readonly chosen: Letter | undefined;
  readonly withoutCause: boolean;
}

/** The text after the run: what happened, which answer that showed, and why. */
export function outcomeText(lesson: Lesson, run: LessonRun, { chosen, withoutCause }: OutcomeOptions): string {
  const { explanation, code, page, look, cause } = lesson;
  const causeLines = withoutCause ? [wrap(`Without its cause: ${cause}`), ''] : [];
  const observations = [
    wrap(`Look at: ${look}`),
    '',
    notesText(run.notes),
    '',
    wrap(`measured: ${measuredText(run.measured)}`),
  ];
  const verdict = bold(verdictText(run, chosen, withoutCause));
  if (withoutCause) return ['', ...causeLines, ...observations, '', verdict].join('\n');
  const why = explanation.map((sentence, index) => wrapIndented(`${index + 1}. ${sentence}`, 0, 3));
  const links = [`our code  ${code.file}`, `          ${code.line}`, `AWS       ${page}`];
  return ['', ...observations, '', verdict, '', ...why, '', ...links, '', ...nextLines(lesson)].join('\n');
}

function verdictText({ shown, right }: LessonRun, chosen: Letter | undefined, withoutCause: boolean): string {
  if (withoutCause) return `The run showed ${shown ?? 'none of the answers'}; with its cause it is ${right}.`;
  if (shown !== right)
    return `The run showed ${shown ?? 'none of the answers'}, and the lesson says ${right}: this is a bug in the lesson.`;
  if (chosen === undefined) return `It is ${right}.`;
  return chosen === right ? `Right: ${right}.` : `You said ${chosen}; it is ${right}.`;
}

function nextLines({ lesson, broken }: Lesson): string[] {
  const command = (args: string) => `  npm run movie-load -- learn ${args}`;
  return [
    'Try it:',
    command(`${lesson} --without-cause`),
    ...(broken === undefined ? [] : [command(`${lesson} --broken`)]),
    ...(lesson < 16 ? [command(String(lesson + 1))] : []),
  ];
}

/** The results of both runs: with the rule kept, and with it broken. */
export function brokenText({ lesson, title }: Lesson, { about, sabotage, kept, broken }: Comparison): string {
  const runLines = (name: string, run: ComparedRun) => [
    bold(name),
    notesText(run.notes),
    wrap(`measured: ${measuredText(run.measured)}`),
    run.holds ? 'The promise holds.' : 'The promise is broken.',
    '',
  ];
  return [
    bold(`${lesson}  ${title}: the same world with a rule broken`),
    '',
    wrap(about),
    '',
    ...runLines('With the code unchanged', kept),
    ...runLines(`With the sabotage “${sabotage}”`, broken),
    wrap('The simulation finds this sabotage, too: npm run sim -- --sabotage'),
  ].join('\n');
}

const notesText = (notes: readonly Note[]): string =>
  notes.map(({ second, text }) => wrapIndented(`${second.toFixed(1).padStart(7)} s  ${text}`, 0, 11)).join('\n');

/** Leaves out lists of values over time, which only the page shows (as charts). Here the notes describe them. */
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

const wrap = (text: string): string => wrapIndented(text, 0, 0);

/** Wraps text at word boundaries. */
function wrapIndented(text: string, firstIndent: number, otherIndent: number): string {
  const lines: string[] = [];
  let line = ' '.repeat(firstIndent);
  for (const [index, word] of text.split(' ').entries()) {
    const next = index === 0 ? line + word : `${line} ${word}`;
    if (next.length <= COLUMNS || index === 0) line = next;
    else {
      lines.push(line);
      line = ' '.repeat(otherIndent) + word;
    }
  }
  return [...lines, line].join('\n');
}
