#!/usr/bin/env node
// `movie-load <command>`: parses the command line and runs the command, whose modules are loaded only then.
import { watchSignals } from './signals.ts';

watchSignals();
const { endedBy, endsAtOnce, watchStandardOutput } = await import('./exit.ts');
const { createProgram, refuseOptionsOfNpm } = await import('./program.ts');

watchStandardOutput();
try {
  const words = process.argv.slice(2);
  const program = await createProgram(words);
  refuseOptionsOfNpm(program, words, process.env);
  await program.parseAsync(process.argv);
} catch (error) {
  process.exitCode = endedBy(error);
  if (endsAtOnce(error)) process.exit();
}
