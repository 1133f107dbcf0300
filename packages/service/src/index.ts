// The common parts of every service process: settings, log, signals and exit codes, reports to its parent, an HTTP
// server.

export { exitCodeOf } from './exit.ts';
export { isPrefetch, programsOnly, type ServerNames } from './guard.ts';
export { createApp, type Health, health, listen, type RunningServer } from './http.ts';
export { createLogger, type Logger } from './logger.ts';
export { type Problem, problem, problemErrors } from './problem.ts';
export { startReporter } from './reporter.ts';
export { runService, type ServiceContext } from './run.ts';
export { serializeError } from './serialize-error.ts';
export {
  type Environment,
  hosts,
  type LogLevel,
  list,
  readSettings,
  serviceEnvironment,
  wholeNumber,
} from './settings.ts';
export { listenForShutdown } from './shutdown.ts';
