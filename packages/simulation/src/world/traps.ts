// Traps: events that happen when a branch of the protocol is reached, instead of at a given time.
import { type Dice, diceOf } from '../engine/dice.ts';
import type { Theme } from './theme.ts';

/**
 * An action when a branch of the protocol is reached. `kill`: all consumers die. `drain`: they get SIGTERM. `purge`:
 * they die, and the queue is purged. `abort_uploads`: an operator aborts every unfinished upload.
 */
export interface Trap {
  readonly id: string;
  /** The oracle's name of the branch, and the number of times that it must be reached. */
  readonly branch: string;
  readonly times: number;
  readonly action: 'kill' | 'drain' | 'purge' | 'abort_uploads';
}

export function allTrapsOf(seed: number, theme: Theme, dice: Dice): readonly Trap[] {
  return [...trapsOf(theme, dice), ...drainTrapsOf(seed), ...uploadTrapsOf(seed, theme)];
}

const TRAP_BRANCHES = [
  'ledger: full',
  'tree node: full',
  'root: full',
  'upload recorded',
  'part written',
  'part noted',
  'size of the object recorded',
  'object written',
  'job COMPLETE',
];

function trapsOf(theme: Theme, dice: Dice): readonly Trap[] {
  const isLikely = ['resumes', 'assembly', 'uploads', 'everything'].includes(theme);
  if (!dice.chance(isLikely ? 0.7 : 0.15)) return [];
  const branch = dice.pick(TRAP_BRANCHES);
  const purges = theme !== 'assembly' && theme !== 'uploads' && dice.chance(0.5);
  return [{ id: `trap ${branch}`, branch, times: dice.int(1, 3), action: purges ? 'purge' : 'kill' }];
}

/** SIGTERM to all consumers just when messages arrive: those of their open receives must be released. */
function drainTrapsOf(seed: number): readonly Trap[] {
  const dice = diceOf(seed, 'drain trap');
  if (!dice.chance(0.2)) return [];
  return [{ id: 'trap drain', branch: 'received', times: dice.int(1, 15), action: 'drain' }];
}

/**
 * An upload is aborted while it is written: its parts are lost, and the consumers must start over.
 */
function uploadTrapsOf(seed: number, theme: Theme): readonly Trap[] {
  const dice = diceOf(seed, 'upload trap');
  const chance = theme === 'uploads' ? 0.9 : theme === 'assembly' || theme === 'everything' ? 0.6 : 0.15;
  if (!dice.chance(chance)) return [];
  const branch = dice.pick([
    'upload begun',
    'upload recorded',
    'part written',
    'part noted',
    'size of the object recorded',
  ]);
  return Array.from({ length: dice.int(1, 3) }, (_, index): Trap => {
    const times = index + dice.int(1, 4);
    return { id: `trap upload ${index}`, branch, times, action: 'abort_uploads' };
  });
}
