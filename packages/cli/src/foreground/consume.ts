// Runs consumers as they are, until Ctrl-C.
import type { ConsumeOptions } from '../commands/consume.ts';
import { endpointSettings } from '../endpoint.ts';
import { parseConsumers } from '../options.ts';
import { readyEndpoint } from './ready-endpoint.ts';
import { runInForeground } from './run.ts';

/** Returns the exit code. */
export async function consume(options: ConsumeOptions): Promise<number> {
  const count = parseConsumers(options.consumers, 1);
  await readyEndpoint(await endpointSettings(options));
  // Several processes cannot have one port.
  const env = count === 1 ? process.env : { ...process.env, HTTP_PORT: process.env.HTTP_PORT ? '0' : '' };
  const { code } = await runInForeground(Array.from({ length: count }, () => ({ service: 'consumer' as const, env })));
  return code;
}
