// The report: a row per package, and the unnoticed mistakes.
import { describeEdit, type Equivalents } from './equivalent.ts';
import { packageOf } from './plan.ts';
import type { TriedMutant } from './try-mutants.ts';

export interface ReportedMutant {
  readonly file: string;
  readonly line: number;
  readonly operator: string;
  /** The line of the source, without its indentation. */
  readonly code: string;
  /** `original → replacement`. */
  readonly mistake: string;
  /** Number of tests that ran the place. */
  readonly tests: number;
}

export interface Score {
  readonly package: string;
  readonly mutants: number;
  readonly noticed: number;
  /** Noticed mistakes that make a test hang until its time limit. */
  readonly hung: number;
  readonly equivalent: number;
  /** Noticed mistakes that only the type checker notices. */
  readonly types: number;
  /** Percentage of the mistakes that are not equivalent. */
  readonly score: number;
}

export interface Report {
  readonly scores: readonly Score[];
  readonly survivors: readonly ReportedMutant[];
  readonly hangs: readonly ReportedMutant[];
  readonly stale: readonly string[];
}

export function reportOf(tried: readonly TriedMutant[], textOf: (file: string) => string, marks: Equivalents): Report {
  const rows = tried
    .filter(({ outcome }) => outcome.status !== 'invalid')
    .map((result) => {
      const { mutant, outcome } = result;
      const code = (textOf(mutant.file).split('\n')[mutant.line - 1] ?? '').trim();
      // Called for every mistake: marks for which it is never called count as stale.
      const reason = marks.reasonFor(mutant, code);
      return { ...result, code, isEquivalent: outcome.status === 'unnoticed' && reason !== undefined };
    });
  const packages = [...new Set(rows.map(({ mutant }) => packageOf(mutant.file)))];
  const toReportedMutant = ({ mutant, code, coveringTests }: (typeof rows)[number]): ReportedMutant => {
    const { file, line, operator } = mutant;
    return { file, line, operator, code, mistake: describeEdit(mutant), tests: coveringTests };
  };
  return {
    scores: packages.map((name) =>
      scoreOf(
        name,
        rows.filter(({ mutant }) => packageOf(mutant.file) === name),
      ),
    ),
    survivors: rows
      .filter(({ outcome, isEquivalent }) => outcome.status === 'unnoticed' && !isEquivalent)
      .map(toReportedMutant),
    hangs: rows.filter(({ outcome }) => outcome.status === 'hung').map(toReportedMutant),
    stale: marks.stale(new Set(rows.map(({ mutant }) => mutant.file))),
  };
}

function scoreOf(name: string, rows: readonly (TriedMutant & { readonly isEquivalent: boolean })[]): Score {
  const equivalent = rows.filter(({ isEquivalent }) => isEquivalent).length;
  const noticed = rows.filter(({ outcome }) => outcome.status !== 'unnoticed').length;
  const hung = rows.filter(({ outcome }) => outcome.status === 'hung').length;
  const types = rows.filter(({ outcome }) => outcome.status === 'types').length;
  const relevant = rows.length - equivalent;
  const score = relevant === 0 ? 100 : Math.floor((1000 * noticed) / relevant) / 10;
  return { package: name, mutants: rows.length, noticed, hung, types, equivalent, score };
}

const MAX_MISTAKE_LENGTH = 100;

/** The report for people; the scores are the last lines. */
export function reportLines({ scores, survivors, hangs, stale }: Report): string[] {
  const mutantLines = ({ file, line, mistake, tests, code }: ReportedMutant) => {
    const text = mistake.length > MAX_MISTAKE_LENGTH ? `${mistake.slice(0, MAX_MISTAKE_LENGTH)} …` : mistake;
    return `  ${file}:${line}  ${text}${tests === 0 ? '  (no test runs it)' : ''}\n      ${code}`;
  };
  return [
    ...section('Nothing notices:', survivors.map(mutantLines)),
    ...section('A test hangs until its time limit:', hangs.map(mutantLines)),
    ...section(
      'Marked as equivalent, but without a matching mistake:',
      stale.map((name) => `  ${name}`),
    ),
    '',
    ...scores.map(
      ({ package: name, mutants, noticed, hung, types, equivalent, score }) =>
        `${name.padEnd(22)} ${String(score).padStart(5)} %  ${noticed} of ${mutants - equivalent} noticed (${types} by types, ${hung} by a test that hangs), ${equivalent} equivalent`,
    ),
  ];
}

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ['', title, ...lines];
