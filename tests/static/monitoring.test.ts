// The alert rules, the dashboard and the table of metrics in docs/operate.md name metrics and labels that the
// services have.
import { describe, expect, test } from '@jest/globals';
import { NO_COUNTS, type ServiceReport } from '@movie-load/schema';
import { AWS_ROWS, createMetrics } from '@movie-load/service/metrics';
import { parser } from '@prometheus-io/lezer-promql';
import { parse } from 'yaml';
import { z } from 'zod';
import { METRIC_ROWS as CONSOLE_ROWS, type Observation } from '../../services/console/src/metrics.ts';
import { createConsumerMetrics } from '../../services/consumer/src/metrics.ts';
import { METRIC_ROWS as PRODUCER_ROWS } from '../../services/producer/src/metrics.ts';
import { readText } from '../support/repository.ts';

const page = readText('docs/operate.md');

/** A report with every label whose values are known in advance. */
const report: ServiceReport = {
  ...NO_COUNTS,
  ...{ kind: 'report', service: 'consumer', instance: 'i', at: 0, peak_rss_bytes: 0, cpu_seconds: 0, final: false },
  breakers_open: { sqs: 0, dynamodb: 0, s3: 0 },
  heartbeats_failed: { call_failed: 0, messages_lost: 0 },
};
const queue = { waiting: 0, inFlight: 0, delayed: 0 };
const observation: Observation = { ...report, queue, dlq: queue, jobs: [] };

const registries = [
  createConsumerMetrics(() => report).registry,
  createMetrics(PRODUCER_ROWS, () => report).registry,
  createMetrics([...CONSOLE_ROWS, ...AWS_ROWS], () => observation).registry,
];

interface Metric {
  readonly labels: Set<string>;
  /** By label, the values that the services export when nothing has happened yet. */
  readonly values: Map<string, Set<string>>;
}

const metrics = new Map<string, Metric>();
const families = new Set<string>();

const TARGET_LABELS = ['job', 'instance'];

/** Names and labels as they are scraped: of a histogram also its buckets, sum and count. */
async function readRegistries(): Promise<void> {
  for (const registry of registries) {
    for (const { name, type, values } of await registry.getMetricsAsJSON()) {
      const registered = registry.getSingleMetric(name);
      const declared = z.object({ labelNames: z.array(z.string()) }).parse(registered).labelNames;
      if (name.startsWith('movie_load_')) families.add(name);
      // prom-client's types give the kind of a metric as a number, its values as a word.
      const isHistogram = String(type) === 'histogram';
      for (const suffix of isHistogram ? ['_bucket', '_sum', '_count'] : ['']) {
        const metric: Metric = metrics.get(name + suffix) ?? { labels: new Set(TARGET_LABELS), values: new Map() };
        metrics.set(name + suffix, metric);
        for (const label of declared) metric.labels.add(label);
        if (suffix === '_bucket') metric.labels.add('le');
        for (const { labels } of values) {
          for (const [label, value] of Object.entries(labels)) {
            metric.values.set(label, (metric.values.get(label) ?? new Set()).add(String(value)));
          }
        }
      }
    }
  }
}
await readRegistries();

const rulesSchema = z.object({
  groups: z.array(
    z.object({
      name: z.string(),
      rules: z.array(
        z.strictObject({
          alert: z.string().regex(/^MovieLoad[A-Z]\w+$/),
          expr: z.string(),
          for: z
            .string()
            .regex(/^\d+[smh]$/)
            .optional(),
          labels: z.strictObject({ severity: z.enum(['warning', 'critical']) }),
          annotations: z.strictObject({ summary: z.string(), description: z.string(), runbook_url: z.string() }),
        }),
      ),
    }),
  ),
});
const { groups } = rulesSchema.parse(parse(readText('docs/monitoring/prometheus-alerts.yaml')));
const rules = groups.flatMap((group) => group.rules);

const templateSchema = z.object({
  Resources: z.record(
    z.string(),
    z.object({ Properties: z.object({ AlarmDescription: z.string().optional() }).optional() }),
  ),
});

const dashboardSchema = z.object({
  panels: z.array(
    z.object({
      id: z.int(),
      title: z.string(),
      type: z.string(),
      gridPos: z.object({ h: z.int(), w: z.int(), x: z.int(), y: z.int() }),
      targets: z.array(z.object({ expr: z.string(), legendFormat: z.string() })).default([]),
    }),
  ),
});
const dashboard = dashboardSchema.parse(JSON.parse(readText('docs/monitoring/grafana-dashboard.json')));

const expressions: [where: string, expression: string][] = [
  ...rules.map(({ alert, expr }): [string, string] => [alert, expr]),
  ...dashboard.panels.flatMap(({ title, targets }) =>
    targets.map(({ expr, legendFormat }): [string, string] => [`${title}: ${legendFormat}`, expr]),
  ),
];

/** A sentence for each mistake in a PromQL expression. */
function problemsOf(expression: string): string[] {
  const text = expression.replaceAll('$__rate_interval', '5m');
  const problems: string[] = [];
  const used: string[] = [];
  const labels: { readonly name: string; readonly value: string | undefined }[] = [];
  parser.parse(text).iterate({
    enter({ name, from, to, node, type }) {
      const word = text.slice(from, to);
      if (type.isError) problems.push(`not PromQL at ${from}: ${text.slice(from, from + 20)}`);
      if (name === 'Identifier') used.push(word);
      if (name === 'LabelName') {
        const value = node.parent?.getChild('StringLiteral');
        labels.push({ name: word, value: value ? text.slice(value.from + 1, value.to - 1) : undefined });
      }
    },
  });
  const usedMetrics = used.flatMap((name) => metrics.get(name) ?? []);
  for (const name of used) if (!metrics.has(name)) problems.push(`no metric ${name}`);
  for (const { name, value } of labels) {
    const labelled = usedMetrics.filter((metric) => metric.labels.has(name));
    if (labelled.length === 0) problems.push(`no label ${name} of ${used.join(', ')}`);
    const values = labelled.flatMap((metric) => [...(metric.values.get(name) ?? [])]);
    if (value !== undefined && !values.includes(value)) problems.push(`${name} is never ${value}`);
  }
  return problems;
}

describe('the checks of the monitoring files', () => {
  test('have expressions and metrics to check, and find each kind of mistake', () => {
    expect(metrics.size).toBeGreaterThan(40);
    expect(expressions.length).toBeGreaterThan(30);
    expect(problemsOf('rate(movie_load_sent_to_stored_seconds_bucket{le="7"}[5m])')).toEqual(['le is never 7']);
    expect(problemsOf('sum(movie_load_movie_stored_total)')).toEqual(['no metric movie_load_movie_stored_total']);
    expect(problemsOf('sum by (queue) (movie_load_dead_letters)')).toEqual([
      'no label queue of movie_load_dead_letters',
    ]);
    expect(problemsOf('movie_load_unfinished_jobs{state="stuck"}')).toEqual(['state is never stuck']);
    expect(problemsOf('max(movie_load_dead_letters >')[0]).toMatch(/^not PromQL/);
  });
});

test.each(expressions)('the expression of %s names metrics and labels that exist: %s', (_, expression) => {
  expect(problemsOf(expression)).toEqual([]);
});

describe('an alert', () => {
  test.each(rules.map(({ alert, annotations }) => [alert, annotations] as const))(
    '%s links to a heading of the runbook, and its texts use only labels that its expression names',
    (alert, { runbook_url, summary, description }) => {
      const [path, anchor] = runbook_url.split('#');
      expect(path).toBe('docs/operate.md');
      const anchors = [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
        heading
          .toLowerCase()
          .replaceAll(/[^\w\s-]/g, '')
          .replaceAll(' ', '-'),
      );
      expect(anchors).toContain(anchor);
      const expression = rules.find((rule) => rule.alert === alert)?.expr ?? '';
      const used = [...`${summary} ${description}`.matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label);
      expect(used.filter((label) => !new RegExp(`\\b${label}\\b`).test(expression))).toEqual([]);
    },
  );

  test('has a unique name', () => {
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  });

  test('has a row in the runbook, for Prometheus and for CloudWatch', () => {
    const alarms = page.slice(page.indexOf('## Alarms'), page.indexOf('### Dead letters'));
    const stack = templateSchema.parse(JSON.parse(readText('infra/templates/services.json')));
    // The descriptions of alarms for scaling have nothing to type.
    const cloudWatch = Object.entries(stack.Resources).flatMap(([id, { Properties }]) =>
      Properties?.AlarmDescription?.includes('Type:') ? [id] : [],
    );
    expect(cloudWatch.length).toBeGreaterThan(3);
    const names = [...rules.map(({ alert }) => alert), ...cloudWatch];
    expect(names.filter((name) => !alarms.includes(`\`${name}\``))).toEqual([]);
  });
});

test('the panels of the dashboard do not overlap, and each has a unique number', () => {
  const places = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)} ${y + Math.floor(cell / w)}`),
  );
  expect(new Set(places).size).toBe(places.length);
  expect(dashboard.panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true);
  expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
});

describe('the table of metrics in docs/operate.md', () => {
  const section = page.slice(page.indexOf('### List of metrics'), page.indexOf('## Alarms'));
  const documented = [...section.matchAll(/`(movie_load_\w+)(?:\{(\w+)\})?`/g)];

  test('has every metric, each once, and no other', () => {
    expect(documented.map(([, name]) => name).sort()).toEqual([...families].sort());
  });

  test.each(documented.map(([, name = '', label = '']) => [name, label]))('gives %s its label "%s"', (name, label) => {
    const labels = metrics.get(name)?.labels ?? new Set(TARGET_LABELS);
    expect([...labels].filter((name) => !TARGET_LABELS.includes(name))).toEqual(label === '' ? [] : [label]);
  });
});
