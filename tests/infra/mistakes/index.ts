// Mistakes to put into the templates. CloudFormation and linters refuse only some of them before something is deployed
// (observed.ts); each must be found by a rule.
import { DATA_MISTAKES } from './data.ts';
import type { Mistake } from './make.ts';
import { OBSERVED_MISTAKES } from './observed.ts';
import { SCHEDULE_MISTAKES } from './schedule.ts';
import { SERVICE_MISTAKES } from './services.ts';
import { TASK_MISTAKES } from './tasks.ts';

export const MISTAKES: readonly Mistake[] = [
  ...OBSERVED_MISTAKES,
  ...DATA_MISTAKES,
  ...TASK_MISTAKES,
  ...SERVICE_MISTAKES,
  ...SCHEDULE_MISTAKES,
];
