// Measures a run of the model: calls, write units, throttling, and the time that receives waited for messages.
import type { Service } from '../engine/backend.ts';

export interface Measures {
  called(service: Service, operation: string, output: object, now: number): void;
  failed(service: Service, error: Error): void;
  /** A receive waited this long for messages. */
  waited(ms: number): void;
  readonly calls: ReadonlyMap<string, number>;
  readonly throttled: Readonly<Record<Service, number>>;
  readonly writeUnits: number;
  readonly waitedMs: number;
  /** When slices were last written, by the clock of `called`. */
  readonly lastWriteOn: number;
}

const THROTTLING = /Throttl|ProvisionedThroughputExceeded|SlowDown/;

export function createMeasures(): Measures {
  const calls = new Map<string, number>();
  const throttled = { sqs: 0, dynamodb: 0, s3: 0 };
  let writeUnits = 0;
  let waitedMs = 0;
  let lastWriteOn = 0;
  return {
    called(service, operation, output, now) {
      if (operation === 'BatchWriteItem') lastWriteOn = now;
      const name = `${service}:${operation}`;
      calls.set(name, (calls.get(name) ?? 0) + 1);
      if (isWrite(operation)) writeUnits += unitsOf(output);
      if ('UnprocessedItems' in output && hasEntries(output.UnprocessedItems)) throttled.dynamodb += 1;
    },
    failed(service, error) {
      if (THROTTLING.test(error.name)) throttled[service] += 1;
    },
    waited(ms) {
      waitedMs += ms;
    },
    calls,
    throttled,
    get writeUnits() {
      return writeUnits;
    },
    get waitedMs() {
      return waitedMs;
    },
    get lastWriteOn() {
      return lastWriteOn;
    },
  };
}

const isWrite = (operation: string) => /^(Put|Update|Delete|BatchWrite)Item$/.test(operation);
const hasEntries = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  Object.values(value).some((list) => Array.isArray(list) && list.length > 0);

function unitsOf(output: object): number {
  const consumed: unknown = 'ConsumedCapacity' in output ? output.ConsumedCapacity : [];
  const units = (consumedCapacity: unknown) =>
    typeof consumedCapacity === 'object' && consumedCapacity !== null && 'CapacityUnits' in consumedCapacity
      ? Number(consumedCapacity.CapacityUnits)
      : 0;
  return (Array.isArray(consumed) ? consumed : [consumed]).reduce<number>((sum, one) => sum + units(one), 0);
}
