// `movie-load learn`, in this process.
import { Readable } from 'node:stream';
import { afterEach, expect, jest, test } from '@jest/globals';
import { LESSONS, type Lesson } from '@movie-load/learn';
import { learnAll } from '../src/commands/learn/all.ts';
import { createProgram } from '../src/program.ts';
import { findLesson } from './lesson.ts';

const QUICK = 1;
const { stdin } = process;

afterEach(() => {
  jest.restoreAllMocks();
  Object.defineProperty(process, 'stdin', { value: stdin, configurable: true });
});

/** Returns what is printed while `work` runs. */
async function printed(work: () => Promise<unknown>): Promise<string> {
  let text = '';
  jest.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  await work().finally(() => jest.restoreAllMocks());
  return text;
}

/** The output of a command, and its exit code. */
async function run(words: readonly string[], input?: string) {
  if (input !== undefined) {
    Object.defineProperty(process, 'stdin', { value: Readable.from([input]), configurable: true });
  }
  const before = process.exitCode;
  const program = await createProgram(words);
  const text = await printed(() => program.parseAsync(words, { from: 'user' }));
  const code = process.exitCode;
  process.exitCode = before;
  return { text, code };
}

test('learn lists the lessons', async () => {
  const { text, code } = await run(['learn']);
  for (const { title } of LESSONS) expect(text).toContain(title);
  expect(code).toBe(0);
  const { lessons } = JSON.parse((await run(['learn', '--json'])).text);
  expect(lessons).toHaveLength(LESSONS.length);
});

test('learn repeats the question until it has an answer, then runs, shows and explains the lesson', async () => {
  const { text, code } = await run(['learn', String(QUICK)], 'maybe\nB\n');
  const { question, explanation, code: line, page } = findLesson(QUICK);
  const plain = text.replaceAll(/\s+/g, ' ');
  expect(plain).toContain(question);
  expect(text.match(/Your answer/g)).toHaveLength(2);
  for (const sentence of explanation) expect(plain).toContain(sentence);
  expect(text).toContain(line.file);
  expect(text).toContain(page);
  expect(text).toMatch(/Right: b\./);
  expect(code).toBe(0);
});

test('a wrong answer is reported as wrong, and the lesson does not fail', async () => {
  const { text, code } = await run(['learn', String(QUICK), '--answer', 'a']);
  expect(text).toContain('You said a; it is b.');
  expect(code).toBe(0);
});

test.each([
  [15, /measured: sent 200, processed 200, sent_meanwhile 120, most_waiting 120$/m],
  [16, /measured: hot \(most_at_once \d+, throttled \d+, seconds [\d.]+\),/],
])('the measurements of lesson %i are readable text: no JSON, no rows of a chart', async (number, measured) => {
  const { text } = await run(['learn', String(number), '--answer', 'a']);
  expect(text.replaceAll(/\n(?=\S)/g, ' ')).toMatch(measured);
  expect(text).not.toContain('{"');
});

test('learn shows another result when the cause is switched off', async () => {
  const { text, code } = await run(['learn', String(QUICK), '--without-cause']);
  expect(text).toContain('The run showed a; with its cause it is b.');
  expect(code).toBe(0);
});

test.each([
  [['learn', 'none'], /The lesson must be a whole number from 1 to 16/],
  [['learn', '17'], /from 1 to 16/],
  [['learn', '1', '--answer', 'd'], /An answer is a, b or c, not "d"/],
  [['learn', '1', '--broken'], /Lesson 1 breaks no rule; 4, 5, 6, 9/],
  [['learn', '1', '--broken', '--without-cause'], /one of --without-cause and --broken/],
  [['learn', '--answer', 'a'], /belong to one lesson/],
])('learn reports wrong usage for %j', async (words, why) => {
  await expect(run(words)).rejects.toMatchObject({ code: 'usage', message: expect.stringMatching(why) });
});

test('learn reports wrong usage when its question is not answered', async () => {
  await expect(run(['learn', String(QUICK)], '')).rejects.toThrow(/add --answer a/);
});

test('learn all prints one JSON line per lesson and exits with 0', async () => {
  let code: number | undefined;
  const text = await printed(async () => {
    code = await learnAll([findLesson(1), findLesson(7)], { json: true });
  });
  const lines = text.trim().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { lesson: 1, title: expect.any(String), question: expect.any(String), right: 'b', shown: 'b' },
    {
      lesson: 7,
      answers: { a: expect.any(String), b: expect.any(String), c: expect.any(String) },
      seconds: expect.any(Number),
    },
  ]);
  expect(code).toBe(0);
});

test('learn all exits with 1 when two answers are swapped and when a script fails; the other lessons run', async () => {
  const { answers } = findLesson(1);
  const swapped: Lesson = { ...findLesson(1), answers: { ...answers, a: answers.b, b: answers.a } };
  const failing: Lesson = { ...findLesson(2), run: () => Promise.reject(new Error('the world ended')) };
  for (const [lessons, said] of [
    [[swapped, findLesson(7)], 'showed a, not b'],
    [[failing, findLesson(7)], 'failed: the world ended'],
  ] as const) {
    let code: number | undefined;
    const text = await printed(async () => {
      code = await learnAll(lessons, {});
    });
    expect(text).toContain(said);
    expect(text).toContain('b, as the lesson says');
    expect(code).toBe(1);
  }
});
