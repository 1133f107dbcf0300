import type { EndpointOptions } from '../commands/endpoint-option.ts';

/** Options of every command that looks. */
export interface LookOptions extends EndpointOptions {
  readonly json?: boolean;
}
