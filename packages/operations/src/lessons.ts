// The JSON of lessons and their runs, which packages/learn, `movie-load up` and the page share. `movie-load up` runs
// lessons for the console, because images do not contain packages/learn.
//
//   GET  /lessons                  → { "lessons": [ShownLesson…] }
//   GET  /lessons/<number>/source  → the source file that it names, as text
//   POST /lessons/<number>         { "run": "lesson" | "without_cause" | "broken" } → one LessonLine of JSON after the other
import { z } from 'zod';

export const LETTERS = ['a', 'b', 'c'] as const;
export type Letter = (typeof LETTERS)[number];

/** The measurements of a run. */
export type Measured = Readonly<Record<string, unknown>>;

export interface LessonTexts {
  /** 1 to 16. */
  readonly lesson: number;
  readonly title: string;
  readonly question: string;
  /** The set-up of the run: timeouts, faults, job. */
  readonly setUp: string;
  /** What to watch during the run. */
  readonly look: string;
  /** What happened and why: five plain sentences. */
  readonly explanation: readonly [string, string, string, string, string];
  /** The line of our code that decides the outcome; a test checks that it exists. */
  readonly code: { readonly file: string; readonly line: string };
  /** AWS's page about it. */
  readonly page: string;
  /** How the run differs when the lesson runs without its cause, e.g. "The queue has no redrive policy." */
  readonly cause: string;
}

/** A lesson without its script, for the page, which cannot run it. */
export interface LessonView extends LessonTexts {
  readonly answers: Readonly<Record<Letter, string>>;
  readonly right: Letter;
  /** The rule that can be broken; null if the lesson is not about a rule of the protocol. */
  readonly broken: { readonly sabotage: string; readonly about: string } | null;
}

/** An excerpt of a file, whose lines are numbered from 1. */
export interface CodeExcerpt {
  /** The number of the first of `lines`. */
  readonly first: number;
  /** The number of the line that decides the outcome (`code.line` of the lesson). */
  readonly at: number;
  readonly lines: readonly string[];
}

/** A lesson as the page shows it. */
export interface ShownLesson extends LessonView {
  readonly excerpt: CodeExcerpt;
}

/** A note on what happened: seconds on the lesson's clock, and a sentence. */
export interface Note {
  readonly second: number;
  readonly text: string;
}

/** The outcome of a run: a line of `movie-load learn all --json`. */
export interface LessonRun {
  readonly lesson: number;
  readonly title: string;
  readonly question: string;
  readonly answers: Readonly<Record<Letter, string>>;
  /** The right answer of the lesson. */
  readonly right: Letter;
  /** The answer that the measurements show; null if none or several fit. */
  readonly shown: Letter | null;
  readonly measured: Measured;
  /** What happened, in the order of the lesson's clock. */
  readonly notes: readonly Note[];
  /** Seconds of real time. */
  readonly seconds: number;
}

export interface ComparedRun {
  readonly measured: Measured;
  /** Whether the guarantee that the rule protects held in this run. */
  readonly holds: boolean;
  readonly notes: readonly Note[];
}

/** Two runs of the same script: `kept` with the project's code unchanged, `broken` with the sabotage in it. */
export interface Comparison {
  readonly lesson: number;
  readonly sabotage: string;
  readonly about: string;
  readonly kept: ComparedRun;
  readonly broken: ComparedRun;
}

/** An event of a message in one of the lesson's queues. */
export interface MessageStep {
  readonly event: 'message';
  readonly second: number;
  readonly message_id: string;
  /** The message's number in its job, or the start of its body. */
  readonly label: string;
  readonly group: string | null;
  readonly queue: string;
  /** The embedded AWS's name of the event: `sent`, `received`, `extended`, `visible`, `deleted`, `moved` … */
  readonly kind: string;
  /** The process that caused the event; null where time caused it. */
  readonly by: string | null;
  /** Hidden until this second of the lesson's clock; null when it is visible. */
  readonly hidden_until: number | null;
  /** Number of deliveries so far. */
  readonly receives: number;
}

/** The end of a call to AWS. */
export interface CallEnded {
  readonly event: 'call';
  readonly second: number;
  readonly by: string;
  /** e.g. `dynamodb:UpdateItem` */
  readonly operation: string;
  /** Number of entries of a batch or messages of a receive; null for calls about a single item. */
  readonly entries: number | null;
  /** The name of the error of a failed call. */
  readonly failed: string | null;
}

/** A new value of a watched number. */
export interface ValueChanged {
  readonly event: 'value';
  readonly second: number;
  readonly name: string;
  readonly value: number;
}

/** The events of a run. */
export type RunEvent = (Note & { readonly event: 'note' }) | MessageStep | CallEnded | ValueChanged;

/** `kept` and `broken` are the two runs of a comparison. */
export type RunName = 'lesson' | 'kept' | 'broken';

/** A line of a run's response: the events as they happen, then the outcome. */
export type LessonLine =
  | (RunEvent & { readonly run: RunName })
  | { readonly event: 'ended'; readonly result: LessonRun }
  | { readonly event: 'compared'; readonly result: Comparison }
  | { readonly event: 'failed'; readonly error: string };

export const runRequestSchema = z.strictObject({ run: z.enum(['lesson', 'without_cause', 'broken']) });
export type RunRequest = z.infer<typeof runRequestSchema>;
