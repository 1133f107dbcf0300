#!/usr/bin/env node
// `movie-load <command>`: reads the command line and hands over; what a command needs is loaded when it runs.
import { endedBy } from './exit.ts';
import { createProgram } from './program.ts';
import { watchStandardOutput } from './standard-output.ts';

watchStandardOutput();
try {
  await createProgram().parseAsync(process.argv);
} catch (error) {
  process.exitCode = endedBy(error);
}
