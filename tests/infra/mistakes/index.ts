// Mistakes to put into the templates. CloudFormation refuses none before it deploys something, and no linter does so
// reliably; each must be found by a rule.
import { IN_DATA } from './data.ts';
import { KNOWN } from './known.ts';
import type { Mistake } from './make.ts';
import { IN_SCHEDULE } from './schedule.ts';
import { IN_SERVICES } from './services.ts';
import { IN_TASKS } from './tasks.ts';

export const MISTAKES: readonly Mistake[] = [...KNOWN, ...IN_DATA, ...IN_TASKS, ...IN_SERVICES, ...IN_SCHEDULE];
