// Shared code of the batch operations: at most ten entries with distinct ids, and a result for each entry.

import { SqsError } from '../errors.ts';
import { type Input, isObject, type Output, optionalText } from '../input.ts';

const MAX_ENTRIES = 10;
const ENTRY_ID = /^[A-Za-z0-9_-]{1,80}$/;

/** The entries of a batch. @throws {SqsError} when the whole batch is refused */
export function readEntries(input: Input): readonly Input[] {
  const entries = input.Entries;
  if (entries === undefined || entries === null) throw new SqsError('EmptyBatchRequest');
  if (!Array.isArray(entries) || !entries.every(isObject)) {
    throw new SqsError('SerializationException', 'The parameter Entries has the wrong type.');
  }
  if (entries.length === 0) throw new SqsError('EmptyBatchRequest');
  if (entries.length > MAX_ENTRIES) {
    throw new SqsError(
      'TooManyEntriesInBatchRequest',
      `Maximum number of entries per request are ${MAX_ENTRIES}. You have sent ${entries.length}.`,
    );
  }
  const ids = new Set<string>();
  for (const entry of entries) {
    const id = optionalText(entry, 'Id') ?? '';
    if (!ENTRY_ID.test(id)) throw new SqsError('InvalidBatchEntryId');
    if (ids.has(id)) throw new SqsError('BatchEntryIdsNotDistinct', `Id ${id} repeated.`);
    ids.add(id);
  }
  return entries;
}

/** Executes each entry separately; an entry's refusal is listed in `Failed`. */
export function runEntries(entries: readonly Input[], run: (entry: Input) => Output): Output {
  const Successful: Output[] = [];
  const Failed: Output[] = [];
  for (const entry of entries) {
    try {
      const result = run(entry);
      result.Id = entry.Id;
      Successful.push(result);
    } catch (error) {
      if (!(error instanceof SqsError)) throw error;
      Failed.push({ Id: entry.Id, Code: error.shapeName, Message: error.message, SenderFault: error.isSenderFault });
    }
  }
  const output: Output = {};
  if (Successful.length > 0) output.Successful = Successful;
  if (Failed.length > 0) output.Failed = Failed;
  return output;
}
