/** The main subject of a seed; each seed has a little of every other. */
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
