// The simulation can fail: it notices every sabotage of the protocol, and no harmless change.
import { beforeAll, describe, expect, test } from '@jest/globals';
import { HARMLESS_CHANGES } from '../src/sabotage/harmless.ts';
import { KNOWN_SEEDS } from '../src/sabotage/known-seeds.ts';
import { SABOTAGES } from '../src/sabotage/list.ts';
import { MAX_SEEDS } from '../src/sabotage/sabotage.ts';
import { sim } from './support.ts';

interface Row {
  readonly name: string;
  readonly seeds?: number;
  readonly problem?: string;
}

describe('npm run sim -- --sabotage --quick --json', () => {
  let rows: Map<string, Row>;
  let code: number | null;

  beforeAll(async () => {
    const output = await sim('--sabotage', '--quick', '--json');
    code = output.code;
    const { table }: { readonly table: readonly Row[] } = JSON.parse(output.stdout);
    rows = new Map(table.map((row) => [row.name, row]));
  });

  test('has at least twenty sabotages, each of them noticed', () => {
    expect(SABOTAGES.length).toBeGreaterThanOrEqual(20);
    expect(code).toBe(0);
  });

  test('has known seeds only for sabotages that exist, within the seeds that are tried', () => {
    const names = SABOTAGES.map(({ name }) => name);
    expect(Object.keys(KNOWN_SEEDS).filter((name) => !names.includes(name))).toEqual([]);
    expect(Math.max(...Object.values(KNOWN_SEEDS).flat())).toBeLessThanOrEqual(MAX_SEEDS);
  });

  test.each(SABOTAGES.map(({ name }) => name))('notices “%s”, and the same seed passes without it', (name) => {
    const row = rows.get(name);
    expect(row?.problem).toBeUndefined();
    expect(row?.seeds).toBeGreaterThanOrEqual(1);
    expect(row?.seeds).toBeLessThanOrEqual(MAX_SEEDS);
  });

  test.each(HARMLESS_CHANGES.map(({ name }) => name))('does not notice “%s”, which is harmless', (name) => {
    expect(rows.get(name)).toMatchObject({ name });
    expect(rows.get(name)?.seeds).toBeUndefined();
    expect(rows.get(name)?.problem).toBeUndefined();
  });
});
