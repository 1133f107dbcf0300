// The pages that are made from sources are what `npm run docs` would write, and links between pages lead somewhere.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { ERROR_CODES } from '@movie-load/schema';
import { generatedPages } from '../../scripts/docs.ts';
import { root, trackedFiles } from '../support/repository.ts';

test.each([...generatedPages()])('%s is up to date (npm run docs)', (file, text) => {
  expect(readFileSync(join(root, file), 'utf8')).toBe(text);
});

test.each(Object.keys(ERROR_CODES))('the error code %s is used', (code) => {
  const sources = trackedFiles('packages/*/src/*.ts', 'services/*/src/*.ts').filter(
    (file) => !file.endsWith('/error-codes.ts'),
  );
  expect(sources.some((file) => readFileSync(join(root, file), 'utf8').includes(`'${code}'`))).toBe(true);
});

test.each(trackedFiles('*.md'))('%s links only to files and headings that exist', (file) => {
  const text = readFileSync(join(root, file), 'utf8').replaceAll(/```[\s\S]*?```/g, '');
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)|^\[[^\]]+\]: (\S+)$/gm)].map(
    ([, inline, reference]) => inline ?? reference ?? '',
  );
  const broken = targets
    .filter((target) => !/^[a-z]+:/.test(target))
    .filter((target) => {
      const [path = '', anchor] = target.split('#', 2);
      const page = path === '' ? join(root, file) : join(root, dirname(file), path);
      if (!existsSync(page)) return true;
      return anchor !== undefined && page.endsWith('.md') && !anchorsOf(page).includes(anchor);
    });
  expect(broken).toEqual([]);
});

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(page: string): string[] {
  return [...readFileSync(page, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );
}
