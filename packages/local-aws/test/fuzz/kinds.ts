// All kinds of hostile requests.

import { BODY_KINDS } from './body-kinds.ts';
import { BROKEN_HTTP, NEVER_COMPLETE } from './connection-kinds.ts';
import type { Kind } from './request.ts';

export const KINDS: readonly Kind[] = [...NEVER_COMPLETE, ...BROKEN_HTTP, ...BODY_KINDS];

/** Whether its requests are never complete, so that they may be aimed at the canary. */
export const isNeverComplete = (kind: Kind): boolean => NEVER_COMPLETE.includes(kind);
