import { describe, expect, test } from '@jest/globals';
import { cutUtf8, storableText, utf8Bytes } from '../src/index.ts';

describe('texts', () => {
  test('are counted in bytes of UTF-8', () => {
    expect(['', 'a', 'ü', '€', '🎬'].map(utf8Bytes)).toEqual([0, 1, 2, 3, 4]);
  });

  test('are left alone if they fit, and cut between characters if not', () => {
    expect(cutUtf8('aü', 3)).toBe('aü');
    expect(cutUtf8('aü', 2)).toBe('a');
    expect(cutUtf8('🎬🎬', 7)).toBe('🎬');
    expect(cutUtf8('abc', 0)).toBe('');
  });

  const isStorable = (text: string) => storableText(4).safeParse(text).success;

  test('of up to the limit in bytes can be stored', () => {
    expect(['a', 'abcd', 'üü', '🎬'].map(isStorable)).toEqual([true, true, true, true]);
    expect(['', 'abcde', 'üüa', '🎬a'].map(isStorable)).toEqual([false, false, false, false]);
  });

  test('with control characters, noncharacters or half of a surrogate pair cannot be stored', () => {
    const bad = ['\u0000', '\u001f', 'a\n', '\u007f', '\u009f', '\ufffe', '\uffff', '\ud83c'];
    expect(bad.filter(isStorable)).toEqual([]);
    expect([' ', '~', '\u00a0', '\ufffd'].filter(isStorable)).toHaveLength(4);
  });
});
