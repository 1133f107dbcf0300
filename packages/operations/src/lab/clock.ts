// The clock of the embedded AWS: `GET clock`, and `POST clock` with `{ "forward_ms": … }`.
import { z } from 'zod';

export const clockSchema = z.object({ now: z.iso.datetime(), offset_ms: z.number() });
export type ClockView = z.infer<typeof clockSchema>;

/** The clock may be at most 60 days ahead. */
export const MAX_FORWARD_MS = 60 * 24 * 60 * 60 * 1000;
