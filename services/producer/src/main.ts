// Entry point of the producer: sends one job and ends, or accepts jobs over HTTP until a signal ends it.
import { runService } from '@movie-load/service';
import { produce } from './produce.ts';
import { HELP, OPTIONS, producerSettings } from './settings.ts';

await runService({ service: 'producer', schema: producerSettings, help: HELP, options: OPTIONS }, produce);
