// Each lesson runs as a test: it shows its right answer with its cause, and not without it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { LETTERS, type Letter } from '@movie-load/operations/lessons';
import { fittingAnswer, LESSONS, type Lesson, runLesson } from '../src/index.ts';
import { EXPECTED } from './measured.ts';

const root = join(import.meta.dirname, '../../..');
const named = LESSONS.map((lesson) => [`${lesson.lesson} ${lesson.title}`, lesson] as const);

test.each(named)(
  'lesson %s shows its right answer, and a wrong one when two answers are swapped',
  async (_, lesson) => {
    const run = await runLesson(lesson);
    expect(run).toMatchObject({ lesson: lesson.lesson, right: lesson.right, shown: lesson.right });
    const { measured, notes, end } = EXPECTED[lesson.lesson] ?? {};
    expect(run.measured).toEqual(measured);
    expect([run.notes.length, `${run.notes.at(-1)?.second} ${run.notes.at(-1)?.text}`]).toEqual([notes, end]);
    // A run can be written as a line of JSON.
    expect(JSON.parse(JSON.stringify(run))).toEqual(run);
    const other: Letter = lesson.right === 'a' ? 'b' : 'a';
    expect(fittingAnswer(swapped(lesson, lesson.right, other), run.measured)).toBe(other);
  },
);

test.each(named)('lesson %s does not show its result when its cause is switched off', async (_, lesson) => {
  const run = await runLesson(lesson, { withCause: false });
  expect(run.shown).not.toBe(lesson.right);
  expect(run.measured).toEqual(EXPECTED[lesson.lesson]?.withoutCause);
});

const swapped = (lesson: Lesson, one: Letter, other: Letter): Lesson => ({
  ...lesson,
  answers: { ...lesson.answers, [one]: lesson.answers[other], [other]: lesson.answers[one] },
});

describe('the texts', () => {
  test('number the lessons from 1 to 16', () => {
    expect(LESSONS.map(({ lesson }) => lesson)).toEqual(Array.from({ length: 16 }, (_, index) => index + 1));
  });

  test.each(named)('have a question, three answers and five sentences: lesson %s', (_, lesson) => {
    expect(lesson.question).toMatch(/\?$/);
    expect(new Set(LETTERS.map((letter) => lesson.answers[letter].text)).size).toBe(3);
    expect(lesson.explanation).toHaveLength(5);
    for (const sentence of [...lesson.explanation, lesson.setUp, lesson.look, lesson.cause]) {
      expect(sentence).toMatch(/^[A-Z].{20,}\.$/);
    }
    expect(lesson.page).toMatch(/^https:\/\/docs\.aws\.amazon\.com\/\S+\.html$/);
  });

  test.each(named)('quote a line of code that exists exactly once: lesson %s', (_, { code }) => {
    const text = readFileSync(join(root, code.file), 'utf8');
    expect(text.split(code.line)).toHaveLength(2);
  });

  test.each(named)('do not reveal the right answer in the question: lesson %s', (_, { right, answers, question }) => {
    expect(question).not.toContain(answers[right].text);
  });
});

test('the documentation lists every lesson', () => {
  const page = readFileSync(join(root, 'docs/learn.md'), 'utf8');
  for (const { lesson, title } of LESSONS) expect(page).toContain(`| ${lesson} | ${title} |`);
});

test('the right answers are not all the same letter', () => {
  expect(new Set(LESSONS.map(({ right }) => right)).size).toBeGreaterThan(1);
});
