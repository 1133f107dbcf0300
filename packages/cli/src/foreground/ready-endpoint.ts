// Before a service is started by hand: is there an endpoint, is the queue there, and whose is it.
import { type AwsSettings, openResilientQueue, toolPolicy } from '@movie-load/aws';
import { announceChanges, withClients } from '../endpoint.ts';

/** Throws one sentence when nobody listens or the queue is missing. On AWS it says account and queue first. */
export async function readyEndpoint(settings: AwsSettings): Promise<void> {
  await announceChanges(settings);
  await withClients(settings, (clients) => openResilientQueue(clients, settings.queue, toolPolicy()));
}
