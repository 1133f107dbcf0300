// Publishes the metrics of SQS, DynamoDB, ECS and the log about the fleet, under CloudWatch's names.
import type { MetricId, Metrics } from './metrics.ts';

export interface Names {
  readonly queue: string;
  readonly dlq: string;
  readonly table: string;
  readonly cluster: string;
  readonly service: string;
}

const MINUTE_MS = 60_000;
/** A queue that had no calls for this time has no metrics. */
const DORMANT_AFTER_MS = 6 * 60 * MINUTE_MS;
/** Time from the next call until a dormant queue has metrics again. */
const WAKES_AFTER_MS = 15 * MINUTE_MS;

export interface QueueGauge {
  /** Records a call or a message, which makes the queue active. */
  recordActivity(now: number): void;
  recordSent(now: number, count: number, bytes: number): void;
  recordDeleted(now: number, count: number): void;
  recordContent(now: number, content: { visible: number; inFlight: number; oldestSeconds: number }): void;
}

/** SQS reports some metrics only if they are not 0. */
export function createQueueGauge(metrics: Metrics, QueueName: string): QueueGauge {
  const series = (name: string) => metrics.series({ namespace: 'AWS/SQS', name, dimensions: { QueueName } });
  const [sentCount, size, deleted] = [
    series('NumberOfMessagesSent'),
    series('SentMessageSize'),
    series('NumberOfMessagesDeleted'),
  ];
  const visible = series('ApproximateNumberOfMessagesVisible');
  const notVisible = series('ApproximateNumberOfMessagesNotVisible');
  const age = series('ApproximateAgeOfOldestMessage');
  let lastActivity = -Infinity;
  let measuredFrom = Infinity;
  const isMeasured = (now: number) => now >= measuredFrom && now - lastActivity <= DORMANT_AFTER_MS;
  return {
    recordActivity(now) {
      if (now - lastActivity > DORMANT_AFTER_MS) measuredFrom = now + WAKES_AFTER_MS;
      lastActivity = now;
    },
    recordSent(now, count, bytes) {
      if (count === 0 || !isMeasured(now)) return;
      sentCount(now, count);
      size(now, bytes, count);
    },
    recordDeleted(now, count) {
      if (count > 0 && isMeasured(now)) deleted(now, count);
    },
    recordContent(now, content) {
      if (!isMeasured(now)) return;
      visible(now, Math.round(content.visible));
      if (content.inFlight > 0) notVisible(now, Math.ceil(content.inFlight));
      if (content.visible + content.inFlight > 0) age(now, content.oldestSeconds);
    },
  };
}

export interface TableLoad {
  readonly units: number;
  /** Calls that write slices. */
  readonly batches: number;
  /** The requested write units as a multiple of those written: 1 when the table throttles nothing. */
  readonly demand: number;
}

/** Throttled writes per batch when twice the table's units are requested: about as in the model of whole jobs. */
const THROTTLED_PER_BATCH = 1;

export function createTableGauge(metrics: Metrics, TableName: string): (now: number, load: TableLoad) => void {
  const series = (name: string, more: MetricId['dimensions'] = {}) =>
    metrics.series({ namespace: 'AWS/DynamoDB', name, dimensions: { TableName, ...more } });
  const written = series('ConsumedWriteCapacityUnits');
  const writes = series('SuccessfulRequestLatency', { Operation: 'BatchWriteItem' });
  const throttles = series('WriteThrottleEvents');
  return (now, { units, batches, demand }) => {
    if (units === 0) return;
    written(now, units);
    writes(now, 10, batches);
    const throttled = batches * (demand - 1) * THROTTLED_PER_BATCH;
    if (throttled > 0) throttles(now, throttled);
  };
}

/** Publishes one sample a minute for each running task. */
export function createTaskGauge(metrics: Metrics, { cluster, service }: Names): (now: number, tasks: number) => void {
  const dimensions = { ClusterName: cluster, ServiceName: service };
  const load = metrics.series({ namespace: 'AWS/ECS', name: 'CPUUtilization', dimensions });
  return (now, tasks) => {
    if (now % MINUTE_MS === 0) load(now, 50, tasks);
  };
}

/** Publishes what a metric filter finds in the log: the count of its lines, or the number in each line. */
export const createLogGauge = (metrics: Metrics, name: string): ((now: number, value?: number) => void) => {
  const lines = metrics.series({ namespace: 'MovieLoad', name, dimensions: {} });
  return (now, value = 1) => lines(now, value);
};
