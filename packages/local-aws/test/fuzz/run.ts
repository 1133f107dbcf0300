// A run of the fuzz: every hostile kind against every operation, over raw sockets, in an order determined by a seed.

import { CANARY, canaryContents, createResources, SCRATCH } from './canary.ts';
import { deliver, type Outcome } from './deliver.ts';
import { Dice } from './dice.ts';
import { isNeverComplete, KINDS } from './kinds.ts';
import { LARGEST } from './largest.ts';
import { type MakeLegal, OPERATIONS } from './operations.ts';
import type { Delivery, Kind, Legal } from './request.ts';
import { FuzzedServer } from './server.ts';

export interface FuzzOptions {
  readonly seed: number;
  readonly requests: number;
  /** The `index.ts` of the embedded AWS under test. */
  readonly index: string;
  /** Only operations of these services. */
  readonly services?: readonly string[];
  /** Only the request with this number, to repeat a finding. */
  readonly only?: number;
  readonly note?: (line: string) => void;
}

export interface FuzzResult {
  readonly requests: number;
  readonly restarts: number;
  readonly seconds: number;
  /** Requests by operation and kind. */
  readonly matrix: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** Violations: no answer, an internal failure, a change of the canary. */
  readonly faults: readonly string[];
  readonly memoryMb: { readonly before: number; readonly after: number };
  /** The longest CPU time of the main thread without a break. */
  readonly longestMs: number;
  /** The same for each of the largest legal requests. */
  readonly largestLegalMs: ReadonlyMap<string, number>;
}

const MAX_CONCURRENT_REQUESTS = 24;

interface Cell {
  readonly operation: MakeLegal;
  readonly kind: Kind;
}

/** All useful pairs, the expensive ones once and the others as often as needed. */
function planOf({ seed, requests, services }: FuzzOptions): readonly Cell[] {
  const cells = OPERATIONS.flatMap((operation) => {
    const legal = operation(SCRATCH);
    if (services !== undefined && !services.includes(legal.service)) return [];
    return KINDS.filter((kind) => kind.applies?.(legal) ?? true).map((kind) => ({ operation, kind }));
  });
  const cheap = cells.filter(({ kind }) => kind.heavy !== true);
  const dice = new Dice(seed, -1);
  const plan = [...cells];
  while (plan.length < requests) plan.push(...cheap);
  // Shuffled, so that different kinds run concurrently.
  for (let i = plan.length - 1; i > 0; i -= 1) {
    const j = dice.integer(0, i);
    const [a, b] = [plan[i], plan[j]];
    if (a !== undefined && b !== undefined) [plan[i], plan[j]] = [b, a];
  }
  return plan.slice(0, Math.max(requests, 0));
}

export function requestOf(cell: Cell, seed: number, number: number): { legal: Legal; delivery: Delivery } {
  const legal = cell.operation(isNeverComplete(cell.kind) ? CANARY : SCRATCH);
  return { legal, delivery: cell.kind.make(legal, new Dice(seed, number)) };
}

function count(matrix: Map<string, Map<string, number>>, name: string, kind: string): void {
  const row = matrix.get(name) ?? new Map<string, number>();
  matrix.set(name, row.set(kind, (row.get(kind) ?? 0) + 1));
}

const nameOf = ({ service, operation }: Legal): string => `${service}:${operation}`;

function isFault(outcome: Outcome): boolean {
  return typeof outcome === 'string' ? outcome === 'no answer' : outcome.status === 500;
}

/** Each request is sent alone and twice, and the better time counts, because the first one also warms up the engine. */
async function measureLargest(server: FuzzedServer): Promise<ReadonlyMap<string, number>> {
  const times = new Map<string, number>();
  for (const [name, bytes] of LARGEST) {
    const delivery: Delivery = { chunks: [bytes()], ending: 'await answer' };
    await server.report();
    await deliver(server.port, delivery);
    const { longestMs: first } = await server.report();
    await deliver(server.port, delivery);
    times.set(name, Math.min(first, (await server.report()).longestMs));
  }
  return times;
}

export async function fuzz(options: FuzzOptions): Promise<FuzzResult> {
  const { seed, index, note = () => {} } = options;
  const plan = planOf(options);
  const server = new FuzzedServer(index);
  const inFlight = new Map<number, string>();
  const faults: string[] = [];
  server.onBusy = (ms) => note(`busy for ${ms.toFixed(0)} ms of CPU during ${[...inFlight.values()].join(', ')}`);
  await server.start();
  await createResources(server.port);
  let before = await canaryContents(server.port);
  const largestLegalMs = options.only === undefined ? await measureLargest(server) : new Map<string, number>();
  const memoryBefore = (await server.report()).memoryMb;
  const matrix = new Map<string, Map<string, number>>();
  const started = performance.now();

  let next = options.only ?? 0;
  const end = options.only === undefined ? plan.length : options.only + 1;
  let recovering: Promise<void> | undefined;
  async function recover(): Promise<void> {
    faults.push(`the server ended or hung: ${server.log.at(-1)?.trim().split('\n').slice(0, 6).join(' ') ?? ''}`);
    note(faults.at(-1) ?? '');
    await server.restart();
    await createResources(server.port);
    before = await canaryContents(server.port);
  }
  async function sendOne(number: number, cell: Cell): Promise<void> {
    const { legal, delivery } = requestOf(cell, seed, number);
    const name = nameOf(legal);
    count(matrix, name, cell.kind.name);
    const label = `#${number} ${name} · ${cell.kind.name}`;
    inFlight.set(number, label);
    const outcome = await deliver(server.port, delivery);
    inFlight.delete(number);
    if (isFault(outcome)) {
      const text = typeof outcome === 'string' ? outcome : `status ${outcome.status}`;
      faults.push(`${label}: ${text}`);
      note(faults.at(-1) ?? '');
    }
    if (server.alive && outcome !== 'no answer' && outcome !== 'refused') return;
    recovering ??= recover().finally(() => {
      recovering = undefined;
    });
    await recovering;
  }
  async function work(): Promise<void> {
    while (next < end) {
      const number = next;
      next += 1;
      const cell = plan[number];
      if (recovering !== undefined) await recovering;
      if (cell !== undefined) await sendOne(number, cell);
    }
  }
  await Promise.all(Array.from({ length: MAX_CONCURRENT_REQUESTS }, work));
  const after = await canaryContents(server.port);
  if (after !== before) faults.push(`the canary has changed: ${before}\nis now ${after}`);
  const { memoryMb, longestMs } = await server.report();
  faults.push(...server.log.map((line) => `internal failure: ${line}`));
  await server.stop();
  return {
    requests: end - (options.only ?? 0),
    restarts: server.restarts,
    seconds: (performance.now() - started) / 1000,
    matrix,
    faults,
    memoryMb: { before: memoryBefore, after: memoryMb },
    longestMs,
    largestLegalMs,
  };
}
