// The consumer service: long-polls the queue, stores movies, keeps the ledger, completes jobs. Stateless: run as many as
// there are message groups to work on.
import { runService } from '@movie-load/service';
import { consume } from './consume.ts';
import { consumerEnvironment, HELP } from './settings.ts';

/** After the drain: the last report, closing connections. */
const CLOSING_MS = 1500;

await runService(
  {
    service: 'consumer',
    schema: consumerEnvironment,
    help: HELP,
    shutdownLimitMs: ({ DRAIN_SECONDS }) => DRAIN_SECONDS * 1000 + CLOSING_MS,
  },
  consume,
);
