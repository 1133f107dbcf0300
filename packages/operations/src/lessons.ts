// What a lesson says and what its run tells, as JSON: between packages/learn, which images do not have, `movie-load up`, which
// runs lessons for the console, and the page.
//
//   GET  /lessons                  → { "lessons": [ShownLesson…] }
//   GET  /lessons/<number>/source  → the file that it names, as text
//   POST /lessons/<number>         { "run": "lesson" | "without_cause" | "broken" } → one LessonLine of JSON after the other
import { z } from 'zod';

export const LETTERS = ['a', 'b', 'c'] as const;
export type Letter = (typeof LETTERS)[number];

/** What a run measured. */
export type Measured = Readonly<Record<string, unknown>>;

export interface LessonTexts {
  /** 1 to 16. */
  readonly lesson: number;
  readonly title: string;
  readonly question: string;
  /** What is set before it runs: timeouts, faults, job. */
  readonly setUp: string;
  /** What to look at while it runs. */
  readonly look: string;
  /** What happened and why: five plain sentences. */
  readonly explanation: readonly [string, string, string, string, string];
  /** The line of our code that decides it; it is there, a test says. */
  readonly code: { readonly file: string; readonly line: string };
  /** AWS's page about it. */
  readonly page: string;
  /** What is left out when the lesson runs without its cause. */
  readonly cause: string;
}

/** A lesson without its script: for a page, which has neither the script nor what it needs. */
export interface LessonView extends LessonTexts {
  readonly answers: Readonly<Record<Letter, string>>;
  readonly right: Letter;
  /** The rule that can be broken; null where no rule of the protocol is the point. */
  readonly broken: { readonly sabotage: string; readonly about: string } | null;
}

/** Lines of a file, numbered from 1. */
export interface CodeExcerpt {
  /** The number of the first of `lines`. */
  readonly first: number;
  /** The number of the line that decides. */
  readonly at: number;
  readonly lines: readonly string[];
}

/** What the page shows. */
export interface ShownLesson extends LessonView {
  readonly excerpt: CodeExcerpt;
}

/** What happened, to be shown: seconds on the lesson's clock, and a sentence. */
export interface Note {
  readonly second: number;
  readonly text: string;
}

/** What came of a run: a line of `movie-load learn all --json`. */
export interface LessonRun {
  readonly lesson: number;
  readonly title: string;
  readonly question: string;
  readonly answers: Readonly<Record<Letter, string>>;
  /** The answer that the lesson calls right. */
  readonly right: Letter;
  /** The answer that the run showed, from what it measured alone; null when none fits, or more than one. */
  readonly shown: Letter | null;
  readonly measured: Measured;
  /** What happened, in the order of the lesson's clock. */
  readonly notes: readonly Note[];
  /** Of real time. */
  readonly seconds: number;
}

export interface BrokenRun {
  readonly measured: Measured;
  /** Whether the project's promise held. */
  readonly holds: boolean;
  readonly notes: readonly Note[];
}

/** The same world with the project's code as it is, and with the sabotage in it. */
export interface Comparison {
  readonly lesson: number;
  readonly sabotage: string;
  readonly about: string;
  readonly kept: BrokenRun;
  readonly broken: BrokenRun;
}

/** Something happened to a message of one of the lesson's queues. */
export interface MessageHappened {
  readonly event: 'message';
  readonly second: number;
  readonly message_id: string;
  /** The message's number in its job, or the start of its body. */
  readonly label: string;
  readonly group: string | null;
  readonly queue: string;
  /** As the embedded AWS names it: `sent`, `received`, `extended`, `visible`, `deleted`, `moved` … */
  readonly kind: string;
  /** Null for what happens by time alone. */
  readonly by: string | null;
  /** On the lesson's clock; null when it is not hidden. */
  readonly hidden_until: number | null;
  /** Deliveries so far. */
  readonly receives: number;
}

/** A call of AWS has ended. */
export interface CallMade {
  readonly event: 'call';
  readonly second: number;
  readonly by: string;
  /** e.g. `dynamodb:UpdateItem` */
  readonly operation: string;
  /** Entries of a batch, messages of a receive; null for what is one by its nature. */
  readonly entries: number | null;
  /** The name of the error, when it did not succeed. */
  readonly failed: string | null;
}

/** A number that the lesson watches has another value now. */
export interface ValueChanged {
  readonly event: 'value';
  readonly second: number;
  readonly name: string;
  readonly value: number;
}

/** What a run tells while it runs. */
export type RunEvent = (Note & { readonly event: 'note' }) | MessageHappened | CallMade | ValueChanged;

/** `kept` and `broken`: of a comparison. */
export type RunName = 'lesson' | 'kept' | 'broken';

/** A line of a run's answer: first what happens, as it happens; last the outcome. */
export type LessonLine =
  | (RunEvent & { readonly run: RunName })
  | { readonly event: 'ended'; readonly result: LessonRun }
  | { readonly event: 'compared'; readonly result: Comparison }
  | { readonly event: 'failed'; readonly error: string };

export const runRequestSchema = z.strictObject({ run: z.enum(['lesson', 'without_cause', 'broken']) });
export type RunRequest = z.infer<typeof runRequestSchema>;
