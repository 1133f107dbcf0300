// Every sabotage that the simulation must catch.
import { CONSUMING } from './consuming.ts';
import { DELETING } from './deleting.ts';
import { PARTLY } from './partly.ts';
import { RECEIVING } from './receiving.ts';
import type { Sabotage } from './sabotage.ts';
import { SENDING } from './sending.ts';
import { STORING } from './storing.ts';
import { UPLOADING } from './uploading.ts';

export const SABOTAGES: readonly Sabotage[] = [
  ...STORING,
  ...UPLOADING,
  ...DELETING,
  ...CONSUMING,
  ...RECEIVING,
  ...SENDING,
  ...PARTLY,
];
