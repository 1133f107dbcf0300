import { describe, expect, test } from '@jest/globals';
import { addBuckets, bucketsBetween, parseMetrics, quantile } from '../src/metrics-text.ts';

const TEXT = `# HELP movie_load_movies_stored_total Movies stored and counted.
# TYPE movie_load_movies_stored_total counter
movie_load_movies_stored_total 1200
movie_load_messages_received_total 130
movie_load_messages_dead_lettered_total{reason="not_json"} 2
movie_load_messages_dead_lettered_total{reason="wrong_shape"} 3
movie_load_aws_requests_total{operation="sqs:ReceiveMessage"} 17
movie_load_aws_requests_total{operation="dynamodb:UpdateItem"} 9
movie_load_dynamodb_write_units_total 31.5
movie_load_dynamodb_read_units_total 7
movie_load_messages_in_flight 4
movie_load_sent_to_stored_seconds_bucket{le="0.1"} 50
movie_load_sent_to_stored_seconds_bucket{le="1"} 90
movie_load_sent_to_stored_seconds_bucket{le="+Inf"} 100
nodejs_eventloop_lag_seconds Nan
`;

describe('a consumer’s metrics', () => {
  test('are read as far as the page shows them', () => {
    const metrics = parseMetrics(TEXT);
    expect(metrics).toMatchObject({ received: 130, stored_movies: 1200, dead_lettered: 5, in_flight: 4 });
    expect(metrics).toMatchObject({ write_units: 31.5, read_units: 7, redelivered: 0 });
    expect(metrics.calls).toEqual({ 'sqs:ReceiveMessage': 17, 'dynamodb:UpdateItem': 9 });
    expect([...metrics.latency]).toEqual([
      [0.1, 50],
      [1, 90],
      [Number.POSITIVE_INFINITY, 100],
    ]);
  });

  test('of another program give zeros, not an error', () => {
    expect(parseMetrics('hello\n{}\n')).toMatchObject({ received: 0, calls: {} });
  });
});

describe('quantiles', () => {
  const buckets = parseMetrics(TEXT).latency;

  test('are interpolated within a bucket', () => {
    expect(quantile(buckets, 0.5)).toBeCloseTo(0.1);
    expect(quantile(buckets, 0.7)).toBeCloseTo(0.55);
  });

  test('in the open bucket are its lower bound', () => {
    expect(quantile(buckets, 0.99)).toBe(1);
  });

  test('need observations', () => {
    expect(quantile(new Map(), 0.5)).toBeNull();
    expect(quantile(bucketsBetween(buckets, buckets), 0.5)).toBeNull();
  });

  test('of several consumers come from their summed buckets', () => {
    const all = new Map<number, number>();
    addBuckets(all, buckets);
    addBuckets(
      all,
      new Map([
        [0.1, 100],
        [1, 100],
        [Number.POSITIVE_INFINITY, 100],
      ]),
    );
    expect(quantile(all, 0.75)).toBeCloseTo(0.1);
  });

  test('after a restart count from zero', () => {
    expect(bucketsBetween(new Map([[1, 50]]), new Map([[1, 3]])).get(1)).toBe(0);
  });
});
