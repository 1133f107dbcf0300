// The docs: generated pages are what `npm run docs` would write, links lead to files and headings that exist, lines are
// short enough for a readable diff, and decisions, glossary and error codes keep their form.
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { ERROR_CODES } from '@movie-load/schema';
import { generatedPages } from '../../scripts/docs.ts';
import { readText, root, trackedFiles } from '../support/repository.ts';

test.each([...generatedPages()])('%s is up to date (npm run docs)', (file, text) => {
  expect(readText(file)).toBe(text);
});

test.each(Object.keys(ERROR_CODES))('the error code %s is used', (code) => {
  const sources = trackedFiles('packages/*/src/*.ts', 'services/*/src/*.ts').filter(
    (file) => !file.endsWith('/error-codes.ts'),
  );
  expect(sources.some((file) => readText(file).includes(`'${code}'`))).toBe(true);
});

test('a decision and the decision that supersedes it link to each other', () => {
  const decisions = trackedFiles('docs/decisions/0*.md').map((file) => {
    const [, status = '', next = ''] = readText(file).split('\n\n');
    return {
      name: basename(file),
      supersededBy: linksIn(status),
      supersedes: /^Supersedes /.test(next) ? linksIn(next) : [],
    };
  });
  const links = decisions.flatMap(({ name, supersededBy }) => supersededBy.map((by) => `${by} supersedes ${name}`));
  expect(
    decisions.flatMap(({ name, supersedes }) => supersedes.map((old) => `${name} supersedes ${old}`)).sort(),
  ).toEqual(links.sort());
  expect(links).not.toEqual([]);
});

test.each(trackedFiles('*.md'))('%s links only to files and headings that exist', (file) => {
  const text = readText(file).replaceAll(/```[\s\S]*?```/g, '');
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

test.each(trackedFiles('*.md'))('%s has no line over 120 bytes that could be broken', (file) => {
  const text = readText(file).replaceAll(/^ *```[\s\S]*?^ *```/gm, (code) => code.replaceAll(/[^\n]/g, ''));
  const isUnbreakable = (line: string) => /^(?:\||<| {4,}\S|!\[|\[[^\]]+\]: \S+$)/.test(line) || !/\S\s+\S/.test(line);
  const long = text
    .split('\n')
    .map((line, index) => ({ line: index + 1, bytes: Buffer.byteLength(line), isUnbreakable: isUnbreakable(line) }))
    .filter((entry) => entry.bytes > 120 && !entry.isUnbreakable);
  expect(long).toEqual([]);
});

test('every AWS term of the glossary has one sentence and a link to a page of AWS', () => {
  const [aws = '', general = ''] = readText('docs/glossary.md').split('\n## General\n');
  const pages = new Map([...general.matchAll(/^\[([^\]]+)\]: (\S+)$/gm)].map(([, name, page]) => [name, page]));
  const rows = aws.split('\n').filter((line) => line.startsWith('| ') && !/^\| (?:term|---) \|/.test(line));
  const invalid = rows.filter((row) => {
    const [, name, meaning = ''] = /^\| \[[^\]]+\]\[([^\]]+)\] \| (.+) \|$/.exec(row) ?? [];
    const isOneSentence = meaning.endsWith('.') && !/\. [A-Z]/.test(meaning);
    return !isOneSentence || !/^https:\/\/(?:docs\.)?aws\.amazon\.com\//.test(pages.get(name) ?? '');
  });
  expect(rows.length).toBeGreaterThan(50);
  expect(invalid).toEqual([]);
});

test.each(trackedFiles('packages/*/README.md', 'services/*/README.md'))('%s names only files that exist', (file) => {
  const named = [...readText(file).matchAll(/`((?:src|test|packages|services|docs|tests)\/[^`\s]*)`/g)];
  const missing = named
    .map(([, path = '']) => path)
    .filter((path) => !existsSync(join(root, /^(?:src|test)\//.test(path) ? dirname(file) : '.', path)));
  expect(missing).toEqual([]);
});

const linksIn = (text: string) => [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, target = '']) => target);

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
