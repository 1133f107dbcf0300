// The view Overview: the queues, the consumers, the latest jobs, and charts of the last minutes.
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { lazy, type ReactNode, Suspense } from 'react';
import type { Overview } from '../../api.ts';
import { formatDuration, formatNumber, formatRate } from '../format.ts';
import { Labelled, Section, ViewLayout } from '../layout.tsx';
import { useLive } from '../live.ts';
import { Loading, PageLink } from '../parts.tsx';
import { navigate } from '../router.ts';

const Charts = lazy(() => import('./charts.tsx'));
const Consumers = lazy(() => import('./consumers.tsx'));
const JobsTable = lazy(() => import('./jobs-table.tsx'));

export function OverviewView() {
  const overview = useLive((live) => live.overview);
  return (
    <ViewLayout
      title="Overview"
      description="Movies go through an SQS FIFO queue into DynamoDB; a finished job becomes one object in S3."
      actions={
        <Button variant="primary" onClick={() => navigate('/jobs')}>
          Start a job
        </Button>
      }
    >
      {overview === null ? <Loading what="the state of the queues" /> : <Boxes overview={overview} />}
    </ViewLayout>
  );
}

function Boxes({ overview }: { overview: Overview }) {
  return (
    <SpaceBetween size="l">
      <Figures overview={overview} />
      <Suspense fallback={<Loading what="the charts" />}>
        <SpaceBetween size="l">
          <Charts />
          <Consumers overview={overview} />
          <JobsTable compact />
        </SpaceBetween>
      </Suspense>
      <AwsResources overview={overview} />
    </SpaceBetween>
  );
}

function Figures({ overview }: { overview: Overview }) {
  const { queue, dlq, sample, latency } = overview;
  return (
    <Section title="Now">
      <ColumnLayout columns={4} variant="text-grid" minColumnWidth={150}>
        <Figure label="Waiting in the queue" value={queue ? formatNumber(queue.waiting) : '–'}>
          {queue && `${formatNumber(queue.in_flight)} in flight, ${formatNumber(queue.delayed)} delayed`}
        </Figure>
        <Figure label="Movies per second" value={formatRate(sample.movies_per_second)}>
          stored, over the last seconds
        </Figure>
        <Figure label="From sent to stored" value={latency ? formatDuration(latency.p50_ms) : '–'}>
          {latency
            ? `half of the messages of the last 15 s; 99 % within ${formatDuration(latency.p99_ms)}`
            : 'nothing was stored in the last 15 s'}
        </Figure>
        <Figure label="Dead-letter queue" value={dlq ? formatNumber(dlq.waiting + dlq.in_flight) : '–'}>
          <PageLink href="/dead-letters">Look at them</PageLink>
        </Figure>
      </ColumnLayout>
    </Section>
  );
}

function Figure({ label, value, children }: { label: string; value: string; children: ReactNode }) {
  return (
    <Labelled label={label}>
      <div className="big">{value}</div>
      <Box color="text-body-secondary" fontSize="body-s">
        {children}
      </Box>
    </Labelled>
  );
}

function AwsResources({ overview: { where } }: { overview: Overview }) {
  const named = (label: string, value: string) => ({ label, value: <span className="clip">{value}</span> });
  return (
    <Section title="AWS resources">
      <KeyValuePairs
        columns={3}
        minColumnWidth={200}
        items={[
          named('Endpoint', `${where.endpoint} (${where.region})`),
          named('Queue', where.queue),
          named('Dead-letter queue', where.dlq),
          named('Table', where.table),
          named('Bucket', where.bucket),
        ]}
      />
    </Section>
  );
}
