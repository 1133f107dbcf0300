// The CloudWatch dashboard: messages in the queue, the table's load, throttling, and the state of all alarms.
import { Fn, type Stack } from 'aws-cdk-lib';
import { type CfnAlarm, CfnDashboard } from 'aws-cdk-lib/aws-cloudwatch';
import type { ResourceNames } from './metrics.ts';
import { ACCOUNT, REGION } from './placeholders.ts';

export interface DashboardOptions {
  readonly names: ResourceNames;
  readonly alarms: readonly CfnAlarm[];
}

/** A metric of a widget: namespace, name, dimension, its value, options. */
type WidgetMetric = readonly unknown[];

/** Of a graph, in cells of the dashboard's grid, which is 24 cells wide. */
const GRAPH_WIDTH = 12;
const GRAPH_HEIGHT = 6;

export function addDashboard(stack: Stack, { names, alarms }: DashboardOptions): void {
  const { queue, dlq, table } = names;
  const queueMetric = (name: string, stat = 'Maximum'): WidgetMetric => ['AWS/SQS', name, 'QueueName', queue, { stat }];
  const tableMetric = (name: string): WidgetMetric => ['AWS/DynamoDB', name, 'TableName', table, { stat: 'Sum' }];
  const graphs: readonly (readonly [title: string, metrics: readonly WidgetMetric[]])[] = [
    [
      'Messages in the queue',
      [queueMetric('ApproximateNumberOfMessagesVisible'), queueMetric('ApproximateNumberOfMessagesNotVisible')],
    ],
    [
      'Messages sent and deleted per minute',
      [queueMetric('NumberOfMessagesSent', 'Sum'), queueMetric('NumberOfMessagesDeleted', 'Sum')],
    ],
    ['Age of the oldest message (s)', [queueMetric('ApproximateAgeOfOldestMessage')]],
    ['Dead letters', [['AWS/SQS', 'ApproximateNumberOfMessagesVisible', 'QueueName', dlq, { stat: 'Maximum' }]]],
    ['Write units per minute', [tableMetric('ConsumedWriteCapacityUnits')]],
    ['Throttled requests', [tableMetric('WriteThrottleEvents'), tableMetric('ReadThrottleEvents')]],
  ];
  const widgets = graphs.map(([title, metrics], index) => ({
    type: 'metric',
    x: (index % 2) * GRAPH_WIDTH,
    y: Math.floor(index / 2) * GRAPH_HEIGHT,
    width: GRAPH_WIDTH,
    height: GRAPH_HEIGHT,
    properties: { title, metrics, period: 60, region: REGION },
  }));
  const alarmWidget = {
    type: 'alarm',
    x: 0,
    y: Math.ceil(graphs.length / 2) * GRAPH_HEIGHT,
    width: 2 * GRAPH_WIDTH,
    height: 3,
    properties: {
      title: 'Alarms',
      alarms: alarms.map(({ logicalId }) => `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:\${${logicalId}}`),
    },
  };
  new CfnDashboard(stack, 'Dashboard', {
    dashboardName: 'movie-load',
    dashboardBody: Fn.sub(JSON.stringify({ widgets: [...widgets, alarmWidget] })),
  });
}
