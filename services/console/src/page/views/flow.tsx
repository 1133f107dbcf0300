// The view How it works: the pipeline with live counts; a selected arrow shows its calls to AWS and their cost.
import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tabs from '@cloudscape-design/components/tabs';
import { useState } from 'react';
import type { Overview, Prices } from '../../api.ts';
import { useGet } from '../client.ts';
import { DataTable } from '../data-table.tsx';
import type { Columns } from '../data-table-props.ts';
import { formatCount, formatDollars, formatNumber } from '../format.ts';
import { Section, ViewLayout } from '../layout.tsx';
import { useLive } from '../live.ts';
import { Empty, Loading } from '../parts.tsx';
import { FlowDrawing } from './flow-drawing.tsx';
import { type CallRow, callsOf, type Planned, plannedOf, STEPS, type Step, totalCalls } from './flow-steps.ts';

export default function FlowView() {
  const overview = useLive((live) => live.overview);
  const jobs = useLive((live) => live.jobs?.jobs);
  return (
    <ViewLayout
      title="How it works"
      description="Store, then count, then delete: whatever crashes in between, nothing is lost and nothing is stored twice."
    >
      {overview === null || jobs === undefined ? (
        <Loading what="the figures" />
      ) : (
        <Flow overview={overview} planned={plannedOf(jobs)} />
      )}
    </ViewLayout>
  );
}

interface FlowProps {
  readonly overview: Overview;
  readonly planned: Planned;
}

function Flow({ overview, planned }: FlowProps) {
  const [chosen, setChosen] = useState('send');
  const { data: prices } = useGet<Prices>('/api/prices');
  return (
    <SpaceBetween size="l">
      <Section title="The flow, live">
        <FlowDrawing overview={overview} planned={planned} chosen={chosen} onChoose={setChosen} />
      </Section>
      <Tabs
        ariaLabel="Steps"
        activeTabId={chosen}
        onChange={({ detail }) => setChosen(detail.activeTabId)}
        tabs={STEPS.map((step) => ({
          id: step.id,
          label: step.title,
          content: <StepBox step={step} overview={overview} planned={planned} prices={prices} />,
        }))}
      />
    </SpaceBetween>
  );
}

const COLUMNS: Columns<CallRow> = [
  { id: 'operation', header: 'AWS call', isRowHeader: true, cell: (row) => <code>{row.operation}</code> },
  { id: 'calls', header: 'So far', cell: (row) => formatNumber(row.calls) },
  { id: 'usd', header: 'List price', cell: ({ usd }) => priceText(usd) },
];

function priceText(usd: CallRow['usd']): string {
  if (usd === undefined) return '–';
  return usd === null ? 'by the unit' : formatDollars(usd);
}

const COUNTED_BY: Record<Step['caller'], string> = {
  producer: 'Counted by the producer since it started.',
  consumer: 'Counted by all consumers that this console has seen, since each started.',
  console: 'Counted by this console since it started.',
};

interface StepBoxProps extends FlowProps {
  readonly step: Step;
  readonly prices: Prices | undefined;
}

function StepBox({ step, overview, planned, prices }: StepBoxProps) {
  const rows = callsOf(step, { calls: overview.calls, planned }, prices);
  return (
    <div data-testid="step">
      <DataTable
        title={`${step.title}: ${step.from} → ${step.to}`}
        label={`AWS calls of ${step.title}`}
        counter={rows === null ? undefined : `(${formatNumber(totalCalls(rows))} calls)`}
        description={step.description}
        items={rows ?? []}
        columnDefinitions={COLUMNS}
        trackBy="operation"
        empty={<Empty title="No figures">This service does not report how many calls it made.</Empty>}
        footer={
          <Box color="text-body-secondary" fontSize="body-s">
            {step.id === 'send' ? sentBy(overview, planned) : COUNTED_BY[step.caller]} {unitsOf(step, overview, prices)}{' '}
            {prices && `Prices: ${prices.of}.`}
          </Box>
        }
      />
    </div>
  );
}

/** A command that has ended does not report its calls: the plans of its jobs are used instead. */
function sentBy({ calls }: Overview, { jobs, messages, sends }: Planned): string {
  const reported = calls.producer && (calls.producer['sqs:SendMessageBatch'] ?? 0);
  const producer =
    reported === null
      ? 'No producer reports here.'
      : `The producer here has made ${formatNumber(reported)} calls since it started.`;
  const jobsText = jobs === 1 ? 'The latest job' : `The ${formatNumber(jobs)} latest jobs`;
  const plans = jobs === 1 ? 'its plan' : 'their plans';
  return `${producer} ${jobsText} took ${formatNumber(sends)} calls for ${formatCount(messages, 'message')}, calculated from ${plans}; this includes jobs that movie-load produce sent.`;
}

/** DynamoDB is billed by units, not by calls. */
function unitsOf({ id }: Step, { write_units, read_units }: Overview, prices: Prices | undefined): string {
  const cost = (usd: number | undefined) => (usd === undefined ? '' : `, ${formatDollars(usd)}`);
  if (id === 'store' || id === 'count') {
    const usd = prices && write_units * prices.usd_per_write_unit;
    return `DynamoDB bills write units, not calls: ${formatNumber(write_units)} so far for storing and counting together${cost(usd)}.`;
  }
  if (id !== 'read') return '';
  const usd = prices && read_units * prices.usd_per_read_unit;
  return `DynamoDB bills read units, not calls: ${formatNumber(read_units)} so far, nearly all for reading slices${cost(usd)}.`;
}
