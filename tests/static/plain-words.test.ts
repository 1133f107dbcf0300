// Names, comments, texts and documents use the words of the field: the words of this list do not occur.
import { describe, expect, test } from '@jest/globals';
import { readText, trackedFiles } from '../support/repository.ts';

const WORDS: readonly (readonly [word: RegExp, instead: string])[] = [
  [/\b(?:some|no|any|every)body\b/i, 'the actor: another consumer, the caller, a person; or the passive'],
  [/\bwhoever\b/i, 'the actor'],
  [/\bso many\b|\b(?:for|after) so long\b/i, 'the number, or `this number of`'],
  [/\b(?:for|to|of) who\b|(?:^|[.:;'*/]) Who (?:finds|has|writes|reads)\b/, 'the actor'],
  [/\bof ours\b/i, 'our'],
  [/\bas often as one likes\b/i, 'repeatedly'],
  [/\bstands?\b(?! for)/i, 'is'],
  [/\bbur(?:y|ied|ies|ial)/i, 'deadLetter'],
  [/\b(?:give|gives|gave|given|giving)(?:_|Slot)?(?: \w+)? ?back\b|giveBack/i, 'release, return'],
  [/\blet(?:s|ting)? go\b|letGo/, 'release, close, cancel'],
  [/\bmade? (?:any |no )?sense\b|\bmakes? no sense\b/i, 'invalid'],
  [/\b(?:is|are|was|were) away\b/i, 'unreachable'],
  [/\banew\b/i, 'again, starts over'],
  [/\bwhat lacks\b/i, 'what is missing'],
  [/\b(?:comes?|came|goes) again\b/i, 'is delivered again, is repeated'],
  [/\b(?:does|do) not tell\b(?! apart)/i, 'does not report'],
  [/\bwish(?:e[sd])?\b/, 'request, options'],
  [/\b(?:told|tells?|telling) of\b/i, 'reported'],
  [/\bbeen told\b|\bso says\b/i, 'reports'],
  [/\bgoUp\b|\bPollerSign\b|\blife signs?\b/i, 'climb; status; liveness'],
  [
    /(?<!\bthere )\b(?:is|are|was|were) no (?!longer\b|more\b|other\b|\S+ (?:any more|left|in|for|to)\b)[a-z]/i,
    'is not a …, has no …',
  ],
];
/** Files that list the words, or quote others. */
const QUOTED = ['CHANGELOG.md', 'pnpm-lock.yaml', 'tests/static/plain-words.test.ts'];
const TEXT = /\.(?:ts|tsx|mjs|cjs|js|json|md|yml|yaml|py|grit|css|html|svg)$|(?:^|\/)(?:Dockerfile|run)$/;

const lines = trackedFiles()
  .filter((file) => TEXT.test(file) && !QUOTED.includes(file) && !file.includes('recorded'))
  .flatMap((file) => {
    const text = readText(file);
    return text.split('\n').map((line, index) => ({ line, at: `${file}:${index + 1}` }));
  });

test('the lines of every kind of file are searched', () => {
  const suffixes = new Set(lines.map(({ at }) => /\.\w+(?=:)/.exec(at)?.[0]));
  expect([...suffixes]).toEqual(
    expect.arrayContaining(['.ts', '.tsx', '.mjs', '.json', '.md', '.yml', '.yaml', '.py']),
  );
});

describe.each(WORDS)('%s', (word, instead) => {
  test(`does not occur; instead: ${instead}`, () => {
    expect(lines.filter(({ line }) => word.test(line)).map(({ line, at }) => `${at} ${line.trim()}`)).toEqual([]);
  });
});
