// CloudWatch metrics for alarms, scaling policies and the dashboard.
import type { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';

export type MetricQuery = CfnAlarm.MetricDataQueryProperty;

/** The names of the queues and the table, which are dimensions of their metrics. */
export interface ResourceNames {
  readonly queue: string;
  readonly dlq: string;
  readonly table: string;
}

/** The names of an ECS service and its cluster, which are dimensions of its metrics. */
interface ServiceNames {
  readonly clusterName: string;
  readonly serviceName: string;
}

export interface MetricOptions {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** CloudWatch's statistic, e.g. `Sum`. */
  readonly stat: string;
  /** Default: 60. */
  readonly periodSeconds?: number;
}

/** A metric that an expression uses; the alarm does not evaluate it itself. */
export function metricQuery(id: string, options: MetricOptions): MetricQuery {
  const { namespace, name, dimensions, stat, periodSeconds = 60 } = options;
  const metric = {
    namespace,
    metricName: name,
    dimensions: Object.entries(dimensions).map(([key, value]) => ({ name: key, value })),
  };
  return { id, returnData: false, metricStat: { metric, stat, period: periodSeconds } };
}

/** The expression that the alarm evaluates. */
export const expressionQuery = (id: string, expression: string, label: string): MetricQuery => ({
  id,
  expression,
  label,
  returnData: true,
});

/** A metric of a queue. Its dimension is the queue's name, not its URL or ARN. */
export const queueMetric = (id: string, queueName: string, name: string, stat: string): MetricQuery =>
  metricQuery(id, { namespace: 'AWS/SQS', name, dimensions: { QueueName: queueName }, stat });

/**
 * The number of running tasks of a service: the sample count of CPUUtilization, as each task reports once a minute.
 * RunningTaskCount would need Container Insights, which costs extra.
 */
export const runningTasksMetric = (id: string, { clusterName, serviceName }: ServiceNames): MetricQuery =>
  metricQuery(id, {
    namespace: 'AWS/ECS',
    name: 'CPUUtilization',
    dimensions: { ClusterName: clusterName, ServiceName: serviceName },
    stat: 'SampleCount',
  });
