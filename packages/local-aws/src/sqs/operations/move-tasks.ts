// Message move tasks.

import type { Operations } from './operation.ts';

export const MOVE_TASK_OPERATIONS: Operations = {};
