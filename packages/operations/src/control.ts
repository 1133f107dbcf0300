// The protocol between the console and `movie-load up`, which alone can kill, pause, resume and add consumers.
//
//   GET  /consumers         → { "consumers": [ControlledConsumer…] }
//   POST /consumers         { "action": "add" }
//   POST /consumers/<name>  { "action": "kill" | "pause" | "resume" }
//
// Each with `Authorization: Bearer <token>`. A response that is not 2xx has `{ "error": "…" }`.
import { z } from 'zod';

export const controlledConsumersSchema = z.object({
  consumers: z.array(
    z.object({
      /** Its name for people, e.g. `consumer 2`. */
      name: z.string().max(256),
      /** Its name in ledgers and traces; null before its first report. */
      instance: z.string().max(256).nullable(),
      state: z.enum(['starting', 'working', 'paused', 'gone']),
      /** The URL of its HTTP server; null before its first report. */
      url: z.url().nullable(),
      /** How it ended; null while it runs. */
      ended: z.string().max(1024).nullable(),
    }),
  ),
});
export type ControlledConsumers = z.infer<typeof controlledConsumersSchema>;
export type ControlledConsumer = Readonly<ControlledConsumers['consumers'][number]>;

export const controlActionSchema = z.enum(['kill', 'pause', 'resume', 'add']);
