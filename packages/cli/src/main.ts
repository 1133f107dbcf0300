#!/usr/bin/env node
// `movie-load <command>`: reads the command line and hands over; what a command needs is loaded when it runs.
import { endedBy } from './exit.ts';
import { createProgram } from './program.ts';

try {
  await createProgram().parseAsync(process.argv);
} catch (error) {
  process.exitCode = endedBy(error);
}
