// The lab of an embedded AWS: faults, a clock and a history for teachers and tests. An embedded AWS that is started
// without a lab records nothing.

import { randomBytes } from 'node:crypto';
import { LabClock } from './clock.ts';
import { FaultRules } from './fault-rules.ts';
import { MessageHistories } from './history.ts';

/** The path of every request to the lab begins with this; no bucket has such a name. */
export const LAB_PATH = '/_local-aws/lab/';

export interface Lab {
  /** A client that has it may use the lab over HTTP: `Authorization: Bearer <token>`. */
  readonly token: string;
  readonly faults: FaultRules;
  readonly clock: LabClock;
  readonly history: MessageHistories;
}

const TOKEN_BYTES = 24;

/** @example const lab = createLab(); await startLocalAws({ lab }); lab.clock.forward(60_000); */
export function createLab(): Lab {
  return {
    token: randomBytes(TOKEN_BYTES).toString('base64url'),
    faults: new FaultRules(),
    clock: new LabClock(),
    history: new MessageHistories(),
  };
}
