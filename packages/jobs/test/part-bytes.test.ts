// The bytes of a part: each movie once, in order, whatever the slices are; a gap is an error with both of its ends.
import { describe, expect, test } from '@jest/globals';
import type { TableItem } from '@movie-load/aws';
import { partChunks } from '../src/part-bytes.ts';
import { fakeWorld, runningJob, sliceItem, tenMoviesAGroup } from './fake-context.ts';
import { never } from './support.ts';

const job = runningJob(); // six groups of ten, two groups a part

async function titlesOf(part: number, groups: Readonly<Record<number, readonly TableItem[]>> = {}, pageSize = 100) {
  const { context } = fakeWorld({
    async query(request) {
      const group = Number(request.partition.split('#')[1]);
      const all = groups[group];
      if (all === undefined) return tenMoviesAGroup(request);
      const at = Number(request.start?.at?.N ?? 0);
      const next = at + pageSize < all.length ? { at: { N: String(at + pageSize) } } : undefined;
      return { items: all.slice(at, at + pageSize), next };
    },
  });
  let text = '';
  for await (const chunk of partChunks(context, job, part, never())) text += Buffer.from(chunk).toString();
  return { text, titles: [...text.matchAll(/"title":"([^"]+)"/g)].map(([, title]) => title) };
}

const slice = (group: number, first: number, count: number, title?: string) =>
  sliceItem(job.job_id, group, first, count, title);
const numbered = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => `T${from + at}`);

describe('the bytes of a part', () => {
  test('are framed so that all parts together are one array', async () => {
    const parts = await Promise.all([0, 1, 2].map((part) => titlesOf(part)));
    expect(parts.map(({ titles }) => titles)).toEqual([numbered(0, 20), numbered(20, 40), numbered(40, 60)]);
    expect(parts.map(({ text }) => [text.slice(0, 2), text.slice(-3)])).toEqual([
      ['[\n', 'D"}'],
      [',\n', 'D"}'],
      [',\n', '\n]\n'],
    ]);
    expect(JSON.parse(parts.map(({ text }) => text).join(''))).toHaveLength(60);
  });

  test.each([1, 2, 100])('have each movie once where slices overlap, in pages of %i', async (pageSize) => {
    const overlapping = [
      slice(1, 10, 4),
      slice(1, 10, 6),
      slice(1, 12, 3, 'other'),
      slice(1, 15, 5),
      slice(1, 16, 2, 'other'),
    ];
    expect((await titlesOf(0, { 1: overlapping }, pageSize)).titles).toEqual(numbered(0, 20));
  });

  test('are UTF-8', async () => {
    const titles = numbered(10, 20).map((title) => title.replace('T', 'é🎬'));
    expect((await titlesOf(0, { 1: [slice(1, 10, 10, 'é🎬')] })).titles).toEqual([...numbered(0, 10), ...titles]);
  });

  test('end with the group, although a slice has more movies', async () => {
    expect((await titlesOf(0, { 0: [slice(0, 0, 13)] })).titles).toEqual(numbered(0, 20));
    expect((await titlesOf(0, { 1: [slice(1, 10, 13)] })).titles).toEqual(numbered(0, 20));
  });

  test.each([
    [[slice(1, 11, 9)], 10, 11],
    [[slice(1, 10, 3), slice(1, 15, 5)], 13, 15],
    [[slice(1, 10, 9)], 19, 20],
    [[], 10, 20],
  ])('have no gap: a missing movie is an error (case %#)', async (items, from, to) => {
    await expect(titlesOf(0, { 1: items })).rejects.toMatchObject({
      code: 'job_incomplete',
      details: { job_id: job.job_id, from, to },
      message: expect.stringContaining(`has no movies ${from} to ${to - 1}, though`),
    });
  });

  test('are not read any further when their reader stops', async () => {
    const signals: (AbortSignal | undefined)[] = [];
    const { context } = fakeWorld({
      query(request) {
        signals.push(request.signal);
        return tenMoviesAGroup(request);
      },
    });
    for await (const _ of partChunks(context, job, 0, never())) break;
    expect(signals.length).toBeGreaterThan(0);
    expect(signals.every((one) => one?.aborted)).toBe(true);
  });
});
