// The lab of `movie-load up --lab` for the page: faults, clock, the history of a message, and a queue to use by hand.
import {
  clockSchema,
  eventText,
  faultsSchema,
  faultText,
  frequencyText,
  labQueueRequestSchema,
  readMessageHistory,
  rulesSchema,
} from '@movie-load/operations/lab';
import type { Hono } from 'hono';
import { z } from 'zod';
import { HttpError, parseBody } from '../http-body.ts';
import {
  addFaultsSchema,
  clearFaultsSchema,
  type FaultsView,
  forwardSchema,
  type HistoryView,
  type LabView,
} from '../learn-api.ts';
import type { Up } from '../up.ts';

const removedSchema = z.object({ removed: z.number() });

export function addLab(routes: Hono, up: Up): void {
  const requireLab = async () => {
    const callLab = await up.lab();
    if (callLab === undefined) throw new HttpError(404, 'No lab', up.noLab);
    return callLab;
  };
  routes.get('/lab', async (c) => {
    const hasLab = await up.hasLab();
    return c.json({ lab: hasLab, queue: up.hasQueue, why: hasLab ? null : up.noLab } satisfies LabView);
  });
  routes.get('/lab/faults', async (c) => c.json(faultsView(await (await requireLab())('faults', faultsSchema))));
  routes.post('/lab/faults', async (c) => {
    const body = await parseBody(c, addFaultsSchema);
    return c.json(await (await requireLab())('faults', rulesSchema, { method: 'POST', body }));
  });
  routes.post('/lab/faults/clear', async (c) => {
    const { id } = await parseBody(c, clearFaultsSchema);
    const path = id === undefined ? 'faults' : `faults/${id}`;
    return c.json(await (await requireLab())(path, removedSchema, { method: 'DELETE' }));
  });
  routes.get('/lab/clock', async (c) => c.json(await (await requireLab())('clock', clockSchema)));
  routes.post('/lab/clock', async (c) => {
    const body = await parseBody(c, forwardSchema);
    return c.json(await (await requireLab())('clock', clockSchema, { method: 'POST', body }));
  });
  routes.post('/lab/queue', async (c) => c.json(await up.queue(await parseBody(c, labQueueRequestSchema))));
}

function faultsView({ rules, presets }: z.infer<typeof faultsSchema>): FaultsView {
  return {
    rules: rules.map(({ id, rule, struck }) => ({
      id,
      operation: rule.operation,
      what_happens: faultText(rule),
      how_often: frequencyText(rule),
      struck,
    })),
    presets: presets.map(({ name, about }) => ({ name, about })),
  };
}

/** The history of a message of a job. */
export async function readHistory(up: Up, jobId: string, number: number): Promise<HistoryView> {
  const callLab = await up.lab();
  if (callLab === undefined) return { why: up.noLab, messages: [], forgotten: 0 };
  const { messages, forgottenMessages: forgotten } = await readMessageHistory(callLab, jobId, number);
  return {
    why: null,
    messages: messages.map(({ message_id, events, events_left_out }) => ({
      message_id,
      events_left_out,
      events: events.map((event) => ({
        at: event.at,
        what: eventText(event),
        by: event.by,
        hidden_until: event.until,
        queue: event.queue,
      })),
    })),
    forgotten,
  };
}
