// All themes of the contract.

import type { Theme } from '../case.ts';
import { batches } from './batches.ts';
import { bucket } from './bucket.ts';
import { conditions } from './conditions.ts';
import { deadLetters } from './dead-letters.ts';
import { deduplication } from './deduplication.ts';
import { groups } from './groups.ts';
import { items } from './items.ts';
import { listing } from './listing.ts';
import { longPolls } from './long-polls.ts';
import { moveTasks } from './move-tasks.ts';
import { parts } from './parts.ts';
import { queries } from './queries.ts';
import { queueAttributes } from './queue-attributes.ts';
import { queues } from './queues.ts';
import { receiving } from './receiving.ts';
import { sending } from './sending.ts';
import { standardQueues } from './standard-queues.ts';
import { tables } from './tables.ts';
import { transactions } from './transactions.ts';
import { uploads } from './uploads.ts';
import { visibility } from './visibility.ts';

export const themes: readonly Theme[] = [
  queues,
  queueAttributes,
  sending,
  receiving,
  groups,
  deduplication,
  visibility,
  batches,
  deadLetters,
  longPolls,
  standardQueues,
  moveTasks,
  items,
  queries,
  tables,
  transactions,
  bucket,
  uploads,
  listing,
  conditions,
  parts,
];
