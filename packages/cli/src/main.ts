#!/usr/bin/env node
// `movie-load <command>`: parses the command line and runs the command, whose modules are loaded only then.
import { watchSignals } from './signals.ts';

watchSignals();
const { reportError, mustExitAtOnce, watchStandardOutput } = await import('./exit.ts');
const { createProgram, refuseOptionsOfNpm } = await import('./program.ts');

watchStandardOutput();
try {
  const args = process.argv.slice(2);
  const program = await createProgram(args);
  refuseOptionsOfNpm(program, args, process.env);
  await program.parseAsync(process.argv);
} catch (error) {
  process.exitCode = reportError(error);
  if (mustExitAtOnce(error)) process.exit();
}
