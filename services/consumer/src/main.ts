// The consumer service: long-polls the queue, stores movies, counts them, completes jobs. It is stateless: there may
// be as many consumers as message groups.
import { runService } from '@movie-load/service';
import { consume } from './consume.ts';
import { consumerEnvironment, HELP, shutdownLimitMs } from './settings.ts';

await runService({ service: 'consumer', schema: consumerEnvironment, help: HELP, shutdownLimitMs }, consume);
