// The texts of a lesson in a terminal; no lesson runs.
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { LESSONS, type Lesson } from '@movie-load/learn';
import type { LessonRun, Letter } from '@movie-load/operations/lessons';
import { readAnswer } from '../src/commands/learn/ask.ts';
import { brokenText, introText, outcomeText } from '../src/commands/learn/show.ts';
import { findLesson } from './lesson.ts';

const [quick, last] = [findLesson(1), findLesson(16)];

const runOf = ({ lesson: number, title, question, right }: Lesson, shown: Letter | null): LessonRun => ({
  ...{ lesson: number, title, question, right, shown, answers: { a: 'a', b: 'b', c: 'c' } },
  measured: { receives: 2, by: 'consumer 2', times: [1, 2] },
  notes: [{ second: 12.34, text: 'it is received again '.repeat(10).trim() }],
  seconds: 1,
});

const text = (of: Lesson, shown: Letter | null, outcome: Partial<Parameters<typeof outcomeText>[2]> = {}) =>
  stripVTControlCharacters(outcomeText(of, runOf(of, shown), { chosen: undefined, withoutCause: false, ...outcome }));
const others = (['a', 'b', 'c'] as const).filter((letter) => letter !== quick.right);
const [wrong = 'a'] = others;

describe('the result of a lesson', () => {
  test.each<[string, string, Parameters<typeof text>]>([
    ['right', `Right: ${quick.right}.`, [quick, quick.right, { chosen: quick.right }]],
    ['wrong', `You said ${wrong}; it is ${quick.right}.`, [quick, quick.right, { chosen: wrong }]],
    ['not asked', `It is ${quick.right}.`, [quick, quick.right]],
    [
      'not what it says',
      `The run showed ${wrong}, and the lesson says ${quick.right}`,
      [quick, wrong, { chosen: wrong }],
    ],
    ['none', 'The run showed none of the answers, and the lesson says', [quick, null]],
    [
      'without its cause',
      `The run showed ${wrong}; with its cause it is ${quick.right}.`,
      [quick, wrong, { withoutCause: true }],
    ],
  ])('is explained when the answer is: %s', (_, verdict, given) => {
    expect(text(...given).replaceAll(/\s+/g, ' ')).toContain(verdict);
  });

  test('shows the measurements, the notes and five reasons, in lines of at most a hundred columns', () => {
    const lines = text(quick, quick.right).split('\n');
    expect(lines).toContain('measured: receives 2, by consumer 2');
    const at = lines.findIndex((line) => line.startsWith('   12.3 s  it is received again'));
    expect(lines[at + 1]).toMatch(/^ {11}\S/);
    for (let reason = 1; reason <= 5; reason += 1)
      expect(lines.some((line) => line.startsWith(`${reason}. `))).toBe(true);
    for (const line of lines.filter((one) => one.includes(' ') && !/^(?:our code|AWS| {9})/.test(one)))
      expect(line.length).toBeLessThanOrEqual(100);
  });

  test('suggests a run without the cause, the broken rule if there is one, and the next lesson if there is one', () => {
    expect(text(quick, quick.right)).toMatch(/learn 1 --without-cause\n.*learn 2$/);
    expect(text(last, last.right)).toMatch(/learn 16 --without-cause/);
    expect(text(last, last.right)).not.toContain('learn 17');
    for (const of of LESSONS) {
      expect(text(of, of.right).includes(`learn ${of.lesson} --broken`)).toBe(of.broken !== undefined);
    }
  });

  test('explains nothing when the cause of the lesson is switched off', () => {
    const printed = text(quick, wrong, { withoutCause: true });
    expect(printed.replaceAll(/\s+/g, ' ')).toContain(`Without its cause: ${quick.cause}`);
    for (const sentence of quick.explanation) expect(printed.replaceAll(/\s+/g, ' ')).not.toContain(sentence);
    expect(printed).not.toContain('Try it:');
  });
});

test('a question is printed with its three answers and the lesson’s settings', () => {
  const printed = stripVTControlCharacters(introText(quick)).replaceAll(/\s+/g, ' ');
  const { a, b, c } = quick.answers;
  expect(printed).toContain(`${quick.question} a ${a.text} b ${b.text} c ${c.text}`);
  expect(printed).toContain(`Set up: ${quick.setUp}`);
});

test('a broken rule is shown with the results of both runs: with the rule kept and with it broken', () => {
  const run = (holds: boolean) => ({ measured: { lost: holds ? 0 : 1 }, holds, notes: [] });
  const comparison = { lesson: 4, sabotage: 'delete before store', about: 'It is deleted too early.' };
  const printed = stripVTControlCharacters(
    brokenText(findLesson(4), { ...comparison, kept: run(true), broken: run(false) }),
  );
  expect(printed).toMatch(
    /With the code unchanged\n[\s\S]*lost 0\nThe promise holds\.\n[\s\S]*“delete before store”\n[\s\S]*lost 1\nThe promise is broken\./,
  );
});

test('an answer is a letter, in upper or lower case', () => {
  expect([readAnswer('a'), readAnswer(' B\n'), readAnswer('C')]).toEqual(['a', 'b', 'c']);
  for (const other of ['', 'ab', 'd', '1']) expect(() => readAnswer(other)).toThrow('An answer is a, b or c');
});
