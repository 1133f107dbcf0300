// The sources that queries and scans read.
import type { Collection } from './storage/collection.ts';
import type { KeySchema } from './storage/keys.ts';
import type { SecondaryIndex } from './storage/secondary-index.ts';
import type { Table } from './storage/table.ts';

/** A table, or one of its indexes. */
export interface Source {
  readonly table: Table;
  readonly index: SecondaryIndex | undefined;
  readonly keys: KeySchema;
  readonly entries: Collection;
  /** Attributes of a start key: the table's and the index's. */
  readonly startKeyNames: readonly string[];
}
