// All sabotages. The simulation must notice each of them.
import { CONSUMER_SABOTAGES } from './consuming.ts';
import { DELETION_SABOTAGES } from './deleting.ts';
import { PARTIAL_FAILURE_SABOTAGES } from './partial-failures.ts';
import { RECEIVE_SABOTAGES } from './receiving.ts';
import type { Sabotage } from './sabotage.ts';
import { SEND_SABOTAGES } from './sending.ts';
import { STORAGE_SABOTAGES } from './storing.ts';
import { UPLOAD_SABOTAGES } from './uploading.ts';

export const SABOTAGES: readonly Sabotage[] = [
  ...STORAGE_SABOTAGES,
  ...UPLOAD_SABOTAGES,
  ...DELETION_SABOTAGES,
  ...CONSUMER_SABOTAGES,
  ...RECEIVE_SABOTAGES,
  ...SEND_SABOTAGES,
  ...PARTIAL_FAILURE_SABOTAGES,
];
