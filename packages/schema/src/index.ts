// The contract between producer, consumer and everything that looks at their data. Pure: no I/O, no AWS import.
export * from './credentials.ts';
export * from './dead-letter.ts';
export { ERROR_CODES, type ErrorCode, type ErrorCodeEntry } from './error-codes.ts';
export * from './errors.ts';
export { assertInvariant } from './invariant.ts';
export * from './job.ts';
export * from './keys.ts';
export { HEAP_FLAGS, MALLOC_SETTINGS } from './memory-flags.ts';
export * from './message.ts';
export * from './misspelt.ts';
export * from './movie.ts';
export * from './npm-options.ts';
export * from './plan.ts';
export * from './report.ts';
export * from './shape.ts';
export * from './text.ts';
export * from './tree.ts';
export { shownUrl } from './url-secrets.ts';
