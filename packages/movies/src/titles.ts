// Titles that read like film titles: a pattern, and a word drawn for each of its slots.
import { drawBelow } from './mix.ts';
import { FIRST_NAMES } from './names.ts';
import { ADJECTIVES, DEEDS, LINKS, NOUNS, NUMBERS, PLACES, PLURALS, ROLES, SEQUELS, THINGS } from './words.ts';

/** Texts that are used literally, and lists of which one word is drawn. */
export type Pattern = readonly (string | readonly string[])[];

/** Common patterns are listed more than once. */
export const PATTERNS: readonly Pattern[] = [
  ['The ', ADJECTIVES, ' ', NOUNS],
  ['The ', ADJECTIVES, ' ', NOUNS],
  ['The ', ADJECTIVES, ' ', NOUNS],
  ['The ', NOUNS, ' of ', PLACES],
  ['The ', NOUNS, ' and the ', NOUNS],
  ['The ', ROLES, "'s ", NOUNS],
  ['The ', ROLES, "'s ", ADJECTIVES, ' ', NOUNS],
  ['The ', ROLES, ' Who ', DEEDS],
  ['The ', ROLES, ' of ', PLACES],
  [ADJECTIVES, ' ', PLURALS],
  [ADJECTIVES, ' ', PLURALS],
  [NUMBERS, ' ', ADJECTIVES, ' ', PLURALS],
  [NUMBERS, ' ', PLURALS, ' in ', PLACES],
  [PLURALS, ' of ', THINGS],
  [PLURALS, ' over ', PLACES],
  [LINKS, ' the ', ADJECTIVES, ' ', NOUNS],
  [LINKS, ' ', PLACES],
  [NOUNS, ' in ', PLACES],
  [THINGS, ' and ', THINGS],
  ['No ', NOUNS, ' for ', PLURALS],
  [FIRST_NAMES, ' and the ', ADJECTIVES, ' ', NOUNS],
  ["Don't Tell ", FIRST_NAMES],
  ['Waiting for ', FIRST_NAMES],
  [ADJECTIVES, ' ', NOUNS, ' ', SEQUELS],
];

/** Draws a title. */
export function drawTitle(draw: () => number): string {
  const pattern = pick(PATTERNS, draw());
  let title = '';
  for (const slot of pattern) title += typeof slot === 'string' ? slot : pick(slot, draw());
  return title;
}

/** The item of a list that a draw selects. */
export function pick<Item>(list: readonly Item[], draw: number): Item {
  // The index is smaller than the length, and no list is empty: those of `words.ts` are literals, `names.ts` checks its
  // own.
  return list[drawBelow(list.length, draw)] as Item;
}
