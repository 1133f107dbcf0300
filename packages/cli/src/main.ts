#!/usr/bin/env node
// `movie-load <command>`: reads the command line and hands over; what a command needs is loaded when it runs.
import { watchSignals } from './signals.ts';

watchSignals();
const { endedBy, endsAtOnce } = await import('./exit.ts');
const { refuseOptionsOfNpm } = await import('./npm-options.ts');
const { createProgram } = await import('./program.ts');
const { watchStandardOutput } = await import('./standard-output.ts');

watchStandardOutput();
try {
  const program = createProgram();
  refuseOptionsOfNpm(program, process.argv.slice(2), process.env);
  await program.parseAsync(process.argv);
} catch (error) {
  process.exitCode = endedBy(error);
  if (endsAtOnce(error)) process.exit();
}
