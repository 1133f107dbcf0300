// `movie-load up`: the embedded AWS, consumers, the producer and the console, until Ctrl-C.
import type { Command } from 'commander';

export interface UpOptions {
  readonly port: string;
  readonly consumers: string;
  readonly consolePort: string;
  readonly producerPort: string;
}

export function addUp(program: Command): void {
  program
    .command('up')
    .description('Keep the embedded AWS, consumers, producer and console running until Ctrl-C.')
    .option('--port <port>', 'port of the embedded AWS', '4566')
    .option('--consumers <n>', 'consumer processes; 0 starts the embedded AWS alone', '2')
    .option('--console-port <port>', 'port of the page', '8080')
    .option('--producer-port <port>', 'port of the producer (POST /jobs)', '8081')
    .addHelpText(
      'after',
      `
Examples:
  npm run movie-load -- up
  npm run movie-load -- up --consumers 0 --port 4600`,
    )
    .action(async (options: UpOptions) => {
      const { up } = await import('../up/up.ts');
      process.exitCode = await up(options);
    });
}
