import { createLogger } from '@movie-load/service';

export const silent = createLogger({ service: 'console', instance: 'test', level: 'silent' });
