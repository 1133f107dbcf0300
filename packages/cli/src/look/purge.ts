// `movie-load queue purge --yes`: every message of the queue is deleted. A job that loses messages is completed by `resume`.
import { purgeQueue as purge } from '@movie-load/aws';
import { UsageError } from '@movie-load/schema';
import { EXIT } from '../exit.ts';
import { grouped, printJson, printLine } from '../output.ts';
import { withSession } from '../session.ts';
import type { LookOptions } from './options.ts';

export interface PurgeOptions extends LookOptions {
  readonly yes?: boolean;
}

export async function purgeQueue(options: PurgeOptions): Promise<number> {
  return withSession({ ...options, changes: true }, async ({ queue: open, clients, signal }) => {
    const queue = await open();
    const { waiting, inFlight, delayed } = await queue.status({ signal });
    const messages = waiting + inFlight + delayed;
    if (!options.yes) {
      throw new UsageError(
        `That would delete about ${grouped(messages)} messages of ${queue.name} for good. Add --yes if you mean it; \`resume\` sends again what a job lacks.`,
      );
    }
    await purge(clients.sqs, queue.url, { signal });
    if (options.json) await printJson({ queue: queue.name, purged: messages });
    else await printLine(`${queue.name}: about ${grouped(messages)} messages deleted. AWS takes up to a minute.`);
    return EXIT.done;
  });
}
