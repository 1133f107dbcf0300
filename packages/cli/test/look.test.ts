// What `jobs`, `job` and `watch` print: unreadable jobs, message groups, and the screen of a terminal.
import { describe, expect, test } from '@jest/globals';
import type { JobView } from '@movie-load/operations';
import { type GroupLine, groupsText, rangesText, shouldShowGroup } from '../src/commands/job/groups.ts';
import { jobsThatFit, screenText } from '../src/commands/watch/screen.ts';
import { unreadableText } from '../src/job-lines.ts';

const numbers = (first: number, count: number) => Array.from({ length: count }, (_, index) => first + index);

test.each([
  [0, ''],
  [1, '1 job is left out: of a newer plan version, which a newer release reads, or changed by hand.'],
  [2000, '2,000 jobs are left out: of a newer plan version, which a newer release reads, or changed by hand.'],
])('%i unreadable jobs are reported', (count, text) => {
  expect(unreadableText(count)).toBe(text);
});

describe('missing messages', () => {
  test('are shown as ranges, with their number where a range does not show it', () => {
    expect(rangesText([])).toBe('');
    expect(rangesText([7])).toBe('7');
    expect(rangesText([7, 9])).toBe('7, 9');
    expect(rangesText(numbers(150, 50))).toBe('150–199 (50)');
    expect(rangesText([7, ...numbers(150, 3), 160])).toBe('7, 150–152, 160 (5)');
  });

  test('are shown as the first eight ranges when there are many', () => {
    expect(rangesText(numbers(0, 10).map((number) => number * 2))).toBe('0, 2, 4, 6, 8, 10, 12, 14, … (10)');
  });
});

describe('message groups', () => {
  const group = (number: number, missing: number[] = []): GroupLine => ({
    group: number,
    first_movie: number * 10,
    movies: 10,
    stored: 10 - missing.length,
    expected: 10,
    stored_on: null,
    missing,
  });
  const linesOf = (groups: GroupLine[]) => {
    const shownGroups: GroupLine[] = [];
    for (const group of groups) if (shouldShowGroup(group, groups.length, shownGroups.length)) shownGroups.push(group);
    const open = groups.filter(({ missing }) => missing.length > 0).length;
    return groupsText(shownGroups, { groups: groups.length, open }).split('\n');
  };

  test('have a bar each while there are few', () => {
    expect(linesOf(numbers(0, 60).map((number) => group(number)))).toHaveLength(61);
  });

  test('are summarised when there are many: only incomplete groups have a bar', () => {
    const full = numbers(0, 98).map((number) => group(number));
    const open = [group(98, [980, 981]), group(99, [999])];
    const lines = linesOf([...full, ...open]);
    expect(lines).toHaveLength(4);
    expect(lines[1]).toMatch(/^ +98 +980 +█+░+ +8\/10 +980–981 \(2\)$/);
    expect(lines[3]).toBe('98 of 100 groups are full');
    expect(linesOf(numbers(0, 100).map((number) => group(number)))).toEqual(['100 of 100 groups are full']);
    const none = linesOf(numbers(0, 150).map((number) => group(number, [number * 10])));
    expect(none.slice(-2)).toEqual(['… and 50 more that are not full', '0 of 150 groups are full']);
  });
});

describe('the screen of watch', () => {
  const job: JobView = {
    job_id: '1b72a7f0-e922-5f43-bed4-4cd74a50d289',
    state: 'COMPLETE',
    why: '',
    movies: 100_000_000,
    messages: 1000,
    groups: 50,
    percent: 100,
    started_on: '2026-11-25T09:00:00.000Z',
    completed_on: '2026-11-25T09:00:01.000Z',
    took_ms: 1000,
    object_key: '1b72a7f0-e922-5f43-bed4-4cd74a50d289.json',
    object_bytes: 147_963,
    object_parts: 1,
    object_parts_written: 1,
    upload: null,
  };
  const queue = { queue: 'q', waiting: 0, in_flight: 0, delayed: 0, oldest_seconds: null, message_groups: null };
  const screen = (total: number, rows: number, columns: number) => {
    const jobs = Array.from({ length: Math.min(total, jobsThatFit(rows) + 1) }, () => job);
    return screenText({ at: 'now', queues: [queue, queue], jobs }, { rows, columns }).split('\n');
  };

  test.each([80, 90, 119, 120, 200])(
    'fits into 24 rows of %d columns, and shows whether jobs are left out',
    (columns) => {
      for (const total of [0, 1, 15, 16, 17, 500]) {
        const lines = screen(total, 24, columns);
        expect(lines.length).toBeLessThanOrEqual(23);
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
        expect(lines[0]).toContain('now');
      }
      expect(screen(16, 24, columns).join()).not.toContain('more');
      expect(screen(17, 24, columns).at(-1)).toBe('… and more: movie-load jobs');
    },
  );

  test('shows in 80 columns how many parts of an object are written', () => {
    const at = '2026-11-25T10:00:00.000Z';
    const large: JobView = { ...job, state: 'RUNNING', movies: 1_000_000, took_ms: 600_000, object_key: null };
    const upload = { began_on: null, age_ms: null, bytes: 24_000_000 };
    const parts = { upload, object_parts: 16, object_parts_written: 3 };
    const jobs = [
      { ...large, ...parts },
      { ...large, ...parts, started_on: '2026-11-24T10:00:00.000Z' },
    ];
    const lines = screenText({ at, queues: [queue, queue], jobs }, { rows: 24, columns: 80 }).split('\n');
    expect(lines.at(-2)).toMatch(/ 09:00:00 +10 min 0 s +3 of 16 part/);
    expect(lines.at(-1)).toMatch(/ 2026-11-24 +10 min 0 s +3 of 16 part/);
  });

  test('shortens ids on a narrow terminal', () => {
    expect(screen(1, 24, 119).join()).not.toContain(job.job_id);
    expect(screen(1, 24, 119).join()).toContain(job.job_id.slice(0, 8));
    expect(screen(1, 24, 120).join()).toContain(job.job_id);
  });
});
