// The rule of the dashboard: its graphs have data, and its alarms exist.
import { z } from 'zod';
import type { Deployment } from '../../support/template.ts';
import { alarmsOf, compositeSchema } from './alarms.ts';
import { type NamedMetric, problemOfMetric } from './metrics.ts';
import { ofType, type Rule, unless } from './rule.ts';

const widgetSchema = z.looseObject({
  type: z.string(),
  x: z.number(),
  y: z.number(),
  width: z.number(),
  height: z.number(),
  properties: z.looseObject({
    metrics: z.array(z.array(z.json())).optional(),
    alarms: z.array(z.string()).optional(),
    region: z.string().optional(),
  }),
});
const bodySchema = z.object({ widgets: z.array(widgetSchema).min(1) });
const dashboardSchema = z.looseObject({ DashboardBody: z.string() });

export const dashboard: Rule = {
  name: 'the dashboard is JSON whose graphs have data',
  check: ({ services }) =>
    ofType(services, 'AWS::CloudWatch::Dashboard', dashboardSchema).flatMap(({ id, properties }) => {
      const body = bodySchema.safeParse(parseJson(properties.DashboardBody));
      if (!body.success) return [`${id}: its body is not that of a dashboard`];
      return body.data.widgets.flatMap((widget) => problemsOf(services, widget).map((problem) => `${id}: ${problem}`));
    }),
};

function problemsOf(services: Deployment, { x, width, type, properties }: z.infer<typeof widgetSchema>): string[] {
  const alarmNames = alarmsOf(services).map((alarm) => services.refOf(alarm.id));
  const compositeNames = ofType(services, 'AWS::CloudWatch::CompositeAlarm', compositeSchema).map(({ id }) =>
    services.refOf(id),
  );
  const metrics = (properties.metrics ?? []).flatMap((row) => namedMetric(row) ?? []);
  return [
    ...unless(x + width <= 24, 'a widget is wider than the page'),
    ...unless(type !== 'metric' || properties.region === 'REGION', 'a graph names no region'),
    ...metrics.flatMap((metric) => problemOfMetric(services, metric) ?? []),
    ...(properties.alarms ?? [])
      .map((arn) => arn.split(':alarm:')[1] ?? arn)
      .filter((name) => ![...alarmNames, ...compositeNames].includes(name))
      .map((name) => `there is no alarm ${name}`),
  ];
}

/** `[namespace, name, dimension, value, …, { stat }]`; undefined for an expression. */
function namedMetric(row: readonly z.infer<ReturnType<typeof z.json>>[]): NamedMetric | undefined {
  const [namespace, name, ...pairs] = row.filter((value) => typeof value === 'string');
  if (namespace === undefined || name === undefined) return undefined;
  const dimensions = Object.fromEntries(
    pairs.flatMap((key, index) => (index % 2 === 0 ? [[key, pairs[index + 1] ?? '']] : [])),
  );
  const options = z.looseObject({ stat: z.string().default('Average') }).safeParse(row.at(-1));
  return { namespace, name, dimensions, stat: options.data?.stat ?? 'Average' };
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
