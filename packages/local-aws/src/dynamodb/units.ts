// The capacity units of one read or write, by AWS's rules.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html

const READ_UNIT_BYTES = 4096;
const WRITE_UNIT_BYTES = 1024;

/** Read units of one read of this size; an eventually consistent read consumes half of them. */
export function readUnits(bytes: number, isConsistent: boolean | undefined): number {
  const units = Math.max(1, Math.ceil(bytes / READ_UNIT_BYTES));
  return isConsistent ? units : units / 2;
}

/** @param bytes the larger of the sizes before and after the write */
export const writeUnits = (bytes: number): number => Math.max(1, Math.ceil(bytes / WRITE_UNIT_BYTES));
