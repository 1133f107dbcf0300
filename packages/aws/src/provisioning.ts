// What `provision` and its parts share.
import type { ResourceDefinitions } from './definitions.ts';
import type { CallOptions } from './ports.ts';
import type { AwsSettings } from './settings.ts';

/** One run of `provision`: its input, and where its parts report what they did. */
export interface Provisioning {
  readonly definitions: ResourceDefinitions;
  readonly settings: AwsSettings;
  readonly options: CallOptions;
  created(what: string): void;
  changed(what: string): void;
  /** Waits a moment for AWS to get something done. */
  pause(): Promise<void>;
}
