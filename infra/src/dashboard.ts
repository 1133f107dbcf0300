// One dashboard: what waits, what works, what fails.
import { Fn, type Stack } from 'aws-cdk-lib';
import { type CfnAlarm, CfnDashboard } from 'aws-cdk-lib/aws-cloudwatch';
import type { Names } from './metrics.ts';
import { ACCOUNT, REGION } from './texts.ts';

export interface DashboardOptions {
  readonly names: Names;
  readonly alarms: readonly CfnAlarm[];
}

type Metric = readonly unknown[];

const WIDTH = 12;
const HEIGHT = 6;

export function addDashboard(stack: Stack, { names, alarms }: DashboardOptions): void {
  const { queue, dlq, table } = names;
  const ofQueue = (name: string, stat = 'Maximum'): Metric => ['AWS/SQS', name, 'QueueName', queue, { stat }];
  const ofTable = (name: string): Metric => ['AWS/DynamoDB', name, 'TableName', table, { stat: 'Sum' }];
  const graphs: readonly (readonly [title: string, metrics: readonly Metric[]])[] = [
    [
      'Messages in the queue',
      [ofQueue('ApproximateNumberOfMessagesVisible'), ofQueue('ApproximateNumberOfMessagesNotVisible')],
    ],
    ['Sent and deleted a minute', [ofQueue('NumberOfMessagesSent', 'Sum'), ofQueue('NumberOfMessagesDeleted', 'Sum')]],
    ['Age of the oldest message (s)', [ofQueue('ApproximateAgeOfOldestMessage')]],
    ['Dead letters', [['AWS/SQS', 'ApproximateNumberOfMessagesVisible', 'QueueName', dlq, { stat: 'Maximum' }]]],
    ['Write units a minute', [ofTable('ConsumedWriteCapacityUnits')]],
    ['Throttled requests', [ofTable('WriteThrottleEvents'), ofTable('ReadThrottleEvents')]],
  ];
  const widgets = graphs.map(([title, metrics], index) => ({
    type: 'metric',
    x: (index % 2) * WIDTH,
    y: Math.floor(index / 2) * HEIGHT,
    width: WIDTH,
    height: HEIGHT,
    properties: { title, metrics, period: 60, region: REGION },
  }));
  const status = {
    type: 'alarm',
    x: 0,
    y: Math.ceil(graphs.length / 2) * HEIGHT,
    width: 2 * WIDTH,
    height: 3,
    properties: {
      title: 'Alarms',
      alarms: alarms.map(({ logicalId }) => `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:\${${logicalId}}`),
    },
  };
  new CfnDashboard(stack, 'Dashboard', {
    dashboardName: 'movie-load',
    dashboardBody: Fn.sub(JSON.stringify({ widgets: [...widgets, status] })),
  });
}
