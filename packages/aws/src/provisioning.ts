// The types that `provision` and its parts share.
import type { ResourceDefinitions } from './definitions.ts';
import type { CallOptions } from './ports.ts';
import type { AwsSettings } from './settings.ts';

/** One run of `provision`: its input, and how its parts report their changes. */
export interface Provisioning {
  readonly definitions: ResourceDefinitions;
  readonly settings: AwsSettings;
  readonly options: CallOptions & { readonly dryRun?: boolean | undefined };
  /** Makes a call that changes something. Does nothing in a dry run, which only reports. */
  apply<T>(call: () => Promise<T>): Promise<T | undefined>;
  /** Reports a new resource. */
  created(name: string): void;
  /** Reports a changed setting, e.g. `movie-load.fifo VisibilityTimeout`. */
  changed(name: string): void;
  /** Waits a moment before the next look-up of a change that AWS is making. */
  pause(): Promise<void>;
}
