// Computes the CPU time and the latency of a call from measured constants and the call's contents.
import type { StepCpu } from '@movie-load/aws';
import type { Service } from '../engine/backend.ts';

export interface CallCosts {
  /** Milliseconds of CPU of the caller before the request leaves. */
  readonly beforeMs: number;
  /** … and after the answer arrived. */
  readonly afterMs: number;
  /** CPU milliseconds of the server. */
  readonly serverMs: number;
  /** Milliseconds of latency, both ways together. */
  readonly roundTripMs: number;
}

export interface CostsOptions {
  readonly consumer: StepCpu;
  /** The costs of the embedded AWS; undefined on AWS, whose CPU time does not count. */
  readonly server?: StepCpu | undefined;
  readonly latencyMs: Readonly<Record<Service, number>>;
  /** Milliseconds of a call besides its latency and its CPU time: timers, sockets. */
  readonly overheadMs: number;
  /** The speed of one request to S3, in megabytes a second; undefined: it takes no time. */
  readonly s3MegabytesPerSecond?: number | undefined;
  readonly moviesPerMessage: number;
}

const MEGABYTE = 1e6;

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const fieldOf = (value: unknown, name: string): unknown => (isFields(value) ? value[name] : undefined);

/** The number of movies of a slice's item; 0 for any other item. */
const moviesOfItem = (item: unknown): number => listOf(fieldOf(fieldOf(item, 'movies'), 'L')).length;

function moviesWritten(input: object): number {
  const requests = fieldOf(input, 'RequestItems');
  const writes = isFields(requests) ? Object.values(requests).flatMap(listOf) : [];
  return writes.reduce<number>((sum, write) => sum + moviesOfItem(fieldOf(fieldOf(write, 'PutRequest'), 'Item')), 0);
}

function bodyBytes(input: object): number {
  const body = fieldOf(input, 'Body');
  return body instanceof Uint8Array ? body.length : Number(fieldOf(input, 'ContentLength') ?? 0);
}

/** The share of a movie's CPU time for reading its message; the rest is for writing its slice. */
const RECEIVING_SHARE = 0.5;

/** The costs of calls. Costs after the answer depend on the answer. */
export function createCosts(options: CostsOptions) {
  const { consumer, server, latencyMs, overheadMs, s3MegabytesPerSecond, moviesPerMessage } = options;
  /** Half of a call's CPU time is for its request, half for its answer. */
  const halfCallMs = consumer.call_ms / 2;
  return {
    requestCosts(service: Service, operation: string, input: object): Omit<CallCosts, 'afterMs'> {
      const movies = operation === 'BatchWriteItem' ? moviesWritten(input) : 0;
      const bytes = service === 's3' ? bodyBytes(input) : 0;
      const transferMs = s3MegabytesPerSecond === undefined ? 0 : (bytes / MEGABYTE / s3MegabytesPerSecond) * 1000;
      return {
        beforeMs: halfCallMs + (movies * consumer.stored_movie_us * (1 - RECEIVING_SHARE)) / 1000,
        serverMs: server === undefined ? 0 : server.call_ms + (movies * server.stored_movie_us) / 1000,
        roundTripMs: latencyMs[service] + overheadMs + transferMs,
      };
    },
    responseCosts(operation: string, output: object): Pick<CallCosts, 'afterMs' | 'serverMs'> {
      if (operation === 'ReceiveMessage') {
        const movies = listOf(fieldOf(output, 'Messages')).length * moviesPerMessage;
        return { afterMs: halfCallMs + (movies * consumer.stored_movie_us * RECEIVING_SHARE) / 1000, serverMs: 0 };
      }
      const movies =
        operation === 'Query'
          ? listOf(fieldOf(output, 'Items')).reduce<number>((sum, item) => sum + moviesOfItem(item), 0)
          : 0;
      return {
        afterMs: halfCallMs + (movies * consumer.assembled_movie_us) / 1000,
        serverMs: server === undefined ? 0 : (movies * server.assembled_movie_us) / 1000,
      };
    },
  };
}
