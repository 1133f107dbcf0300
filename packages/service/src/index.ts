// What every service process has: settings, log, signals and exit codes, reports to its parent, an HTTP server.

export { type DescribedError, describeCause } from './describe-error.ts';
export { EXIT, exitCodeOf, isBug } from './exit.ts';
export { isOfWebPage, isOwnName, isPrefetch, type OwnNames, programsOnly } from './guard.ts';
export { createApp, type Health, health, type Listening, type ListenOptions, listen } from './http.ts';
export { createLogger, type Logger, type LoggerOptions } from './logger.ts';
export { type Problem, type ProblemError, problem, problemErrors } from './problem.ts';
export { type AwsCounters, type Reporter, type ReporterOptions, startReporter } from './reporter.ts';
export { instanceName, runService, type ServiceContext, type ServiceDefinition } from './run.ts';
export {
  type Environment,
  hosts,
  LOG_LEVELS,
  type LogLevel,
  list,
  readSettings,
  type ServiceSettings,
  SettingsError,
  serviceEnvironment,
  wholeNumber,
} from './settings.ts';
export { listenForShutdown, Shutdown } from './shutdown.ts';
