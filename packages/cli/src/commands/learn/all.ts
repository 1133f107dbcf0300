// `movie-load learn all`: runs every lesson without asking.
import type { Lesson } from '@movie-load/learn';
import type { LessonRun } from '@movie-load/operations/lessons';
import { EXIT } from '@movie-load/schema';
import type { CommonOptions } from '../../command.ts';
import { errorText } from '../../exit.ts';
import { printJson, printLine } from '../../output.ts';
import { loadLessons } from './load.ts';

/**
 * Runs every lesson and prints one line for each, with `--json` as JSON. Returns 1 when a run failed or did not show the
 * right answer; the other lessons run nevertheless.
 */
export async function learnAll(lessons: readonly Lesson[], options: CommonOptions): Promise<number> {
  const { runLesson } = await loadLessons();
  let code: number = EXIT.ok;
  for (const lesson of lessons) {
    const run = await runLesson(lesson).catch((error: unknown): FailedRun => failedRun(lesson, error));
    if (run.shown !== run.right) code = EXIT.failed;
    await (options.json ? printJson(run) : printLine(runText(run)));
  }
  return code;
}

type FailedRun = LessonRun & { readonly error: string };

/** Has the same members as the line of a run that succeeded, so that programs need only one schema. */
function failedRun({ lesson, title, question, answers, right }: Lesson, error: unknown): FailedRun {
  return {
    ...{ lesson, title, question, right, shown: null, measured: {}, notes: [], seconds: 0 },
    answers: { a: answers.a.text, b: answers.b.text, c: answers.c.text },
    error: errorText(error),
  };
}

function runText(run: LessonRun | FailedRun): string {
  const name = `${String(run.lesson).padStart(2)}  ${run.title.padEnd(28)}`;
  if ('error' in run) return `${name}  failed: ${run.error}`;
  const resultText =
    run.shown === run.right
      ? `${run.right}, as the lesson says`
      : `showed ${run.shown ?? 'no answer'}, not ${run.right}`;
  return `${name}  ${resultText}  (${run.seconds.toFixed(1)} s)`;
}
