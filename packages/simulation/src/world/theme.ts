// The theme of a seed: the kind of faults or events that it has most. It has a few of all other kinds, too.

const THEMES = [
  'crashes',
  'lost answers',
  'zombies',
  'throttling',
  'outages',
  'resumes',
  'redrives',
  'forged messages',
  'assembly',
  'uploads',
  'everything',
] as const;
export type Theme = (typeof THEMES)[number];

export const themeOf = (seed: number): Theme => THEMES[seed % THEMES.length] ?? 'everything';
