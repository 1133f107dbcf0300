/** What a seed is mostly about; each seed has a little of everything else. */
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
