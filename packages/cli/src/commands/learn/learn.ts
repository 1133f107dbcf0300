// `movie-load learn`: a lesson asks first, then runs on its own embedded AWS, shows the result and explains it.
import type { Lesson } from '@movie-load/learn';
import { EXIT, UsageError } from '@movie-load/schema';
import { type CommonOptions, defineCommand, jsonOption } from '../../command.ts';
import { quoted } from '../../format.ts';
import { wholeNumber } from '../../options.ts';
import { printLine, printResult, tableOf } from '../../output.ts';
import { learnAll } from './all.ts';
import { askForAnswer, readAnswer } from './ask.ts';
import { loadLessons } from './load.ts';
import { brokenText, introText, outcomeText } from './show.ts';

export interface LearnOptions extends CommonOptions {
  readonly answer?: string;
  readonly withoutCause?: boolean;
  readonly broken?: boolean;
}

export const addTo = defineCommand('learn [lesson]', {
  about: 'Lessons about SQS, DynamoDB and S3: choose an answer, then see what happens. `all` runs every lesson.',
  options: [
    ['--answer <letter>', 'your answer (a, b or c); learn does not ask then'],
    ['--without-cause', 'run the lesson with its cause switched off'],
    ['--broken', 'run the lesson also with a broken rule of the protocol, if it has such a rule'],
    jsonOption,
  ],
  examples: [
    'npm run movie-load -- learn',
    'npm run movie-load -- learn 5',
    'npm run movie-load -- learn 13 --broken',
    'npm -s run movie-load -- learn all --json',
  ],
  run: learn,
});

async function learn(lessonArgument: string | undefined, options: LearnOptions): Promise<number> {
  const { withoutCause = false, broken = false } = options;
  if (withoutCause && broken) throw new UsageError('Choose one of --without-cause and --broken.');
  const lessons = (await loadLessons()).LESSONS;
  const isOneLesson = lessonArgument !== undefined && lessonArgument !== 'all';
  if (!isOneLesson && (withoutCause || broken || options.answer !== undefined)) {
    throw new UsageError('--answer, --without-cause and --broken belong to one lesson: `learn 5 --without-cause`.');
  }
  if (lessonArgument === undefined) return list(lessons, options);
  if (lessonArgument === 'all') return learnAll(lessons, options);
  const lesson = findLesson(lessons, lessonArgument);
  return broken ? breakRule(lesson, options) : teach(lesson, options);
}

function findLesson(lessons: readonly Lesson[], which: string): Lesson {
  const numbers = lessons.map((one) => one.lesson);
  const number = wholeNumber('The lesson', which, Math.min(...numbers), Math.max(...numbers));
  const lesson = lessons.find((one) => one.lesson === number);
  if (lesson === undefined) throw new UsageError(`There is no lesson ${quoted(which)}. \`learn\` lists them.`);
  return lesson;
}

function list(lessons: readonly Lesson[], options: LearnOptions): Promise<number> {
  const rows = lessons.map(({ lesson, title, question, broken }) => ({
    lesson,
    title,
    question,
    has_broken_rule: broken !== undefined,
  }));
  return printResult(options, { lessons: rows }, () => {
    const table = tableOf(rows, [
      { title: 'LESSON', right: true, cell: ({ lesson }) => String(lesson) },
      { title: 'TITLE', cell: ({ title }) => title },
      { title: 'RULE TO BREAK', cell: ({ has_broken_rule }) => (has_broken_rule ? 'yes' : '') },
    ]);
    return `${table}\n\nnpm run movie-load -- learn 1`;
  });
}

/** Asks, runs, shows, explains. Returns 1 when the run did not show the lesson's right answer. */
async function teach(lesson: Lesson, options: LearnOptions): Promise<number> {
  const { json = false, withoutCause = false } = options;
  const givenAnswer = options.answer === undefined ? undefined : readAnswer(options.answer);
  if (!json) await printLine(introText(lesson));
  const chosen = givenAnswer ?? (json || withoutCause ? undefined : await askForAnswer());
  const { runLesson } = await loadLessons();
  const run = await runLesson(lesson, { withCause: !withoutCause });
  const result = { ...run, chosen: chosen ?? null, with_cause: !withoutCause };
  await printResult(options, result, () => outcomeText(lesson, run, { chosen, withoutCause }));
  return (run.shown === run.right) === withoutCause ? EXIT.failed : EXIT.ok;
}

/** Runs the lesson with the rule kept and with it broken. Returns 1 when that makes no difference. */
async function breakRule(lesson: Lesson, options: LearnOptions): Promise<number> {
  const { compareBroken, LESSONS } = await loadLessons();
  const comparison = await compareBroken(lesson.lesson);
  if (comparison === undefined) {
    const numbers = LESSONS.filter((one) => one.broken !== undefined).map((one) => one.lesson);
    throw new UsageError(`Lesson ${lesson.lesson} breaks no rule; ${numbers.join(', ')} do.`);
  }
  await printResult(options, comparison, () => brokenText(lesson, comparison));
  return comparison.kept.holds && !comparison.broken.holds ? EXIT.ok : EXIT.failed;
}
