// `movie-load consume`: runs consumers at the environment's endpoint until Ctrl-C.
import { awsOption, defineCommand, type EndpointOptions } from '../command.ts';
import { endpointSettings, requireQueue } from '../endpoint.ts';
import { parseConsumers } from '../options.ts';
import { runInForeground } from '../processes/foreground.ts';

interface ConsumeOptions extends EndpointOptions {
  readonly consumers: string;
}

export const addTo = defineCommand('consume', {
  about: 'Run consumers that store the messages of the environment’s queue, until Ctrl-C.',
  options: [['--consumers <n>', 'number of consumer processes', '1'], awsOption],
  examples: ['npm run movie-load -- consume', 'POLLERS=4 LOG_LEVEL=debug npm run movie-load -- consume --consumers 2'],
  run: consume,
});

async function consume(options: ConsumeOptions): Promise<number> {
  const count = parseConsumers(options.consumers, 1);
  await requireQueue(await endpointSettings(options));
  // Several processes cannot listen on the same port.
  const env = count === 1 ? process.env : { ...process.env, HTTP_PORT: process.env.HTTP_PORT ? '0' : '' };
  const { code } = await runInForeground(Array.from({ length: count }, () => ({ service: 'consumer' as const, env })));
  return code;
}
