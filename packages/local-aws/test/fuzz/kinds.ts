// All kinds of hostile requests.

import { BODY_KINDS } from './body-kinds.ts';
import { BROKEN_HTTP, NEVER_WHOLE } from './connection-kinds.ts';
import type { Kind } from './request.ts';

export const KINDS: readonly Kind[] = [...NEVER_WHOLE, ...BROKEN_HTTP, ...BODY_KINDS];

/** Whether its requests are never complete, so that they may be aimed at the canary. */
export const isNeverWhole = (kind: Kind): boolean => NEVER_WHOLE.includes(kind);
