// What a query or a scan reads.

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
  /** The attributes of `ExclusiveStartKey`: those of the table's key and of the index's. */
  readonly startKeyNames: readonly string[];
}
