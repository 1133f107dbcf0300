// The charts of docs/performance.md, as SVG files with their own background, readable in light and dark mode.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReplicaRow } from '@movie-load/aws';
import * as vega from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import type { Row } from './rows.ts';

const STYLE = {
  background: '#ffffff',
  padding: 16,
  config: {
    font: 'system-ui, sans-serif',
    view: { stroke: null },
    axis: { labelColor: '#333333', titleColor: '#333333', gridColor: '#e5e5e5', labelLimit: 400 },
    title: { color: '#111111', subtitleColor: '#333333', subtitleFontSize: 10, anchor: 'start' as const },
    bar: { color: '#0972d3' },
    text: { color: '#111111' },
  },
};

function barChart(title: string, rows: readonly Row[], field: keyof Row, unit: string): TopLevelSpec {
  return {
    ...STYLE,
    title,
    width: 520,
    data: { values: rows.map((row) => ({ name: row.name, value: row[field] })) },
    encoding: {
      y: { field: 'name', type: 'nominal', sort: null, title: null },
      x: { field: 'value', type: 'quantitative', title: unit },
    },
    layer: [
      { mark: { type: 'bar' } },
      { mark: { type: 'text', align: 'left', dx: 4 }, encoding: { text: { field: 'value', format: ',.3~r' } } },
    ],
  };
}

function replicasChart(rows: readonly ReplicaRow[]): TopLevelSpec {
  return {
    ...STYLE,
    title: 'Replicas at AWS-like latency: speed against one, first receive to COMPLETE',
    width: 420,
    height: 260,
    data: { values: [...rows] },
    encoding: {
      x: { field: 'processes', type: 'quantitative', title: 'consumer processes', axis: { values: [1, 2, 4, 8] } },
    },
    layer: [
      {
        mark: { type: 'line', strokeDash: [4, 4], color: '#888888' },
        encoding: { y: { field: 'processes', type: 'quantitative', title: 'times as fast as one' } },
      },
      {
        mark: { type: 'line', point: true },
        encoding: {
          y: { field: 'times_one', type: 'quantitative', title: 'times as fast as one' },
          color: { field: 'mode', type: 'nominal', title: null },
        },
      },
    ],
  };
}

export interface MemoryPoint {
  readonly movies: number;
  readonly process: string;
  readonly mb: number;
}

function memoryChart(points: readonly MemoryPoint[]): TopLevelSpec {
  return {
    ...STYLE,
    title: 'Peak memory (RSS) over the size of a job, packed',
    width: 420,
    height: 260,
    data: { values: [...points] },
    mark: { type: 'line', point: true },
    encoding: {
      x: { field: 'movies', type: 'quantitative', scale: { type: 'log' }, title: 'movies' },
      y: { field: 'mb', type: 'quantitative', title: 'MB', scale: { domainMin: 0 } },
      color: { field: 'process', type: 'nominal', title: null },
    },
  };
}

export interface Charts {
  readonly rows: readonly Row[];
  readonly replicas: readonly ReplicaRow[];
  readonly memory: readonly MemoryPoint[];
  readonly date: string;
  readonly machine: string;
}

/** Writes the charts that have data into a folder. Returns the names of all files except the chart of replicas. */
export async function writeCharts(
  { rows, replicas, memory, date, machine }: Charts,
  folder: string,
): Promise<string[]> {
  const withoutCeiling = rows.filter(({ name }) => !name.startsWith('ceiling'));
  const onePerMessage = rows.filter(({ name }) => !name.includes('packed'));
  const packed = rows.filter(({ name }) => name.includes('packed') || name.startsWith('textbook'));
  const charts: Record<string, TopLevelSpec> = {
    throughput: barChart(
      'Movies stored per second, one a message',
      onePerMessage,
      'movies_per_second',
      'movies per second',
    ),
    'throughput-packed': barChart('Movies stored per second, packed', packed, 'movies_per_second', 'movies per second'),
    calls: barChart('AWS calls per 1,000 movies', withoutCeiling, 'calls_per_1000', 'calls'),
    price: barChart('AWS list price per million movies', withoutCeiling, 'usd_per_million', 'US dollars'),
    ...(memory.length > 0 && { memory: memoryChart(memory) }),
  };
  for (const [name, spec] of Object.entries(charts)) await writeChart(name, spec, { date, machine, folder });
  if (replicas.length > 0) await writeReplicasChart(replicas, { date, machine, folder });
  return Object.keys(charts).map((name) => `${name}.svg`);
}

interface ChartContext {
  readonly date: string;
  readonly machine: string;
  readonly folder: string;
}

/** Writes only the chart of replicas. */
export const writeReplicasChart = (replicas: readonly ReplicaRow[], context: ChartContext): Promise<void> =>
  writeChart('replicas', replicasChart(replicas), context);

async function writeChart(name: string, spec: TopLevelSpec, { date, machine, folder }: ChartContext): Promise<void> {
  const withSubtitle = { ...spec, title: { text: String(spec.title), subtitle: `${date}, ${machine}` } };
  const view = new vega.View(vega.parse(compile(withSubtitle).spec), { renderer: 'none' });
  await writeFile(join(folder, `${name}.svg`), `${await view.toSVG()}\n`);
  view.finalize();
}
