// `movie-load learn all`: runs every lesson without asking.
import type { Lesson } from '@movie-load/learn';
import type { LessonRun } from '@movie-load/operations/lessons';
import { EXIT } from '@movie-load/schema';
import type { CommonOptions } from '../../command.ts';
import { sentenceOf } from '../../exit.ts';
import { printJson, printLine } from '../../output.ts';
import { loadLessons } from './load.ts';

/**
 * Prints one line per lesson, with `--json` as JSON. Returns 1 when a run failed or did not show the right answer; the
 * other lessons run nevertheless.
 */
export async function learnAll(lessons: readonly Lesson[], options: CommonOptions): Promise<number> {
  const { runLesson } = await loadLessons();
  let code: number = EXIT.ok;
  for (const lesson of lessons) {
    const run = await runLesson(lesson).catch((error: unknown): FailedRun => failed(lesson, error));
    if (run.shown !== run.right) code = EXIT.failed;
    await (options.json ? printJson(run) : printLine(lineOf(run)));
  }
  return code;
}

type FailedRun = LessonRun & { readonly error: string };

/** Has the members of a result line, so that programs read one kind of line. */
function failed({ lesson, title, question, answers, right }: Lesson, error: unknown): FailedRun {
  return {
    ...{ lesson, title, question, right, shown: null, measured: {}, notes: [], seconds: 0 },
    answers: { a: answers.a.text, b: answers.b.text, c: answers.c.text },
    error: sentenceOf(error),
  };
}

function lineOf(run: LessonRun | FailedRun): string {
  const name = `${String(run.lesson).padStart(2)}  ${run.title.padEnd(28)}`;
  if ('error' in run) return `${name}  failed: ${run.error}`;
  const shown =
    run.shown === run.right ? `${run.right}, as it says` : `showed ${run.shown ?? 'no answer'}, not ${run.right}`;
  return `${name}  ${shown}  (${run.seconds.toFixed(1)} s)`;
}
