// The consumer service: long-polls the queue, stores movies, keeps the ledger, completes jobs. Stateless: run as many as
// there are message groups to work on.
import { runService } from '@movie-load/service';
import { consume } from './consume.ts';
import { consumerEnvironment, HELP, shutdownLimitMs } from './settings.ts';

await runService({ service: 'consumer', schema: consumerEnvironment, help: HELP, shutdownLimitMs }, consume);
