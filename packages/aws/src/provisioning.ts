// What `provision` and its parts share.
import type { ResourceDefinitions } from './definitions.ts';
import type { CallOptions } from './ports.ts';
import type { AwsSettings } from './settings.ts';

/** One run of `provision`: its input, and where its parts report what they did. */
export interface Provisioning {
  readonly definitions: ResourceDefinitions;
  readonly settings: AwsSettings;
  readonly options: CallOptions & { readonly dryRun?: boolean | undefined };
  /** Makes a call that changes something; a dry run only says what it would do. */
  apply<T>(call: () => Promise<T>): Promise<T | undefined>;
  created(what: string): void;
  changed(what: string): void;
  /** Waits a moment for AWS to get something done. */
  pause(): Promise<void>;
}
