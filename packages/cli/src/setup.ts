// Provisions the endpoint of the environment.
import { endpointName, provision } from '@movie-load/aws';
import type { EndpointOptions } from './commands/endpoint-option.ts';
import { announceChanges, endpointSettings, withClients } from './endpoint.ts';

/** Makes what is missing and changes what differs, then says what was done. */
export async function setup(options: EndpointOptions & { readonly json?: boolean }): Promise<void> {
  const settings = await endpointSettings(options);
  await announceChanges(settings);
  const { created, changed } = await withClients(settings, (clients) => provision(clients, settings));
  if (options.json) {
    console.log(JSON.stringify({ endpoint: endpointName(settings), created, changed }));
    return;
  }
  for (const what of created) console.log(`created  ${what}`);
  for (const what of changed) console.log(`changed  ${what}`);
  if (created.length + changed.length === 0) console.log(`Everything is there at ${endpointName(settings)}.`);
}
