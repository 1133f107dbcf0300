// The consumers and their work, with buttons in `movie-load up` to kill, pause and add them.
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import { useState } from 'react';
import type { ConsumerView, ControlAction, Overview } from '../../api.ts';
import { post } from '../client.ts';
import { DataTable } from '../data-table.tsx';
import type { Columns } from '../data-table-props.ts';
import { formatCount, formatNumber, formatRate } from '../format.ts';
import { Empty } from '../parts.tsx';

const STATES: Record<ConsumerView['state'], { type: StatusIndicatorProps.Type; text: string }> = {
  starting: { type: 'in-progress', text: 'Starting' },
  working: { type: 'success', text: 'Working' },
  away: { type: 'warning', text: 'No answer' },
  paused: { type: 'stopped', text: 'Paused' },
  gone: { type: 'error', text: 'Gone' },
};

const COLUMNS: Columns<ConsumerView> = [
  { id: 'name', header: 'Consumer', isRowHeader: true, cell: (consumer) => <Name consumer={consumer} /> },
  {
    id: 'state',
    header: 'State',
    minWidth: 130,
    cell: (consumer) => (
      <StatusIndicator type={STATES[consumer.state].type}>{STATES[consumer.state].text}</StatusIndicator>
    ),
  },
  { id: 'stored', header: 'Written', cell: (consumer) => formatNumber(consumer.stored_movies) },
  // Already counted, by this consumer or another one: the write changed nothing.
  { id: 'repeated', header: 'Written again', cell: (consumer) => formatNumber(consumer.repeated_movies) },
  { id: 'rate', header: 'Per second', cell: (consumer) => formatRate(consumer.rate) },
  { id: 'flight', header: 'In flight', cell: (consumer) => formatNumber(consumer.in_flight) },
  { id: 'redelivered', header: 'Redelivered', cell: (consumer) => formatNumber(consumer.redelivered) },
];
/** The columns of the compact table next to a job's map. */
const COMPACT = new Set(['name', 'state', 'stored', 'repeated', 'flight']);

const Name = ({ consumer: { name, instance } }: { consumer: ConsumerView }) => (
  <>
    <span className="clip">{name}</span>
    {instance && (
      <Box color="text-body-secondary" fontSize="body-s">
        <span className="clip">{instance}</span>
      </Box>
    )}
  </>
);

export default function Consumers({ overview, compact = false }: { overview: Overview; compact?: boolean }) {
  const control = overview.can.control;
  const columns = COLUMNS.filter(({ id = '' }) => !compact || COMPACT.has(id));
  const { act, busy, outcome } = useControl();
  const buttons: Columns<ConsumerView>[number] = {
    id: 'actions',
    header: 'Try it',
    minWidth: 120,
    cell: (consumer) =>
      consumer.controllable && consumer.state !== 'gone' && <Buttons consumer={consumer} busy={busy} act={act} />,
  };
  return (
    <DataTable
      variant="container"
      title="Consumers"
      counter={`(${overview.consumers.filter(({ state }) => state !== 'gone').length})`}
      description={
        control && 'Kill one in the middle of a job: nothing is lost, and what is written again changes nothing.'
      }
      actions={
        control && (
          <Button iconName="add-plus" loading={busy === 'add'} onClick={() => act('add')}>
            Add a consumer
          </Button>
        )
      }
      wrapLines
      trackBy="name"
      items={overview.consumers}
      columnDefinitions={control ? [...columns, buttons] : columns}
      footer={<Footer overview={overview} outcome={outcome} />}
      empty={
        <Empty title="No consumer reports here">
          {control
            ? 'Add one: waiting messages are stored as soon as it runs.'
            : 'Start one (movie-load consume, or docker compose up), and name its address in CONSUMER_URLS.'}
        </Empty>
      }
    />
  );
}

/** Shows writes and repeated writes separately: their difference is the number of stored movies. */
function Footer({ overview, outcome }: { overview: Overview; outcome: string }) {
  const { stored_movies: written, repeated_movies: repeated, consumers } = overview;
  const hasEndedConsumers = consumers.some(({ state }) => state === 'gone');
  return (
    <SpaceBetween size="xxs">
      {outcome !== '' && <output>{outcome}</output>}
      <Box color="text-body-secondary" fontSize="body-s">
        {hasEndedConsumers
          ? `Together at least ${formatCount(written, 'movie')} written, ${formatNumber(repeated)} of them repeated. Writes of a killed consumer after its last report, within its last second, are not counted.`
          : `Together ${formatCount(written, 'movie')} written, ${formatNumber(repeated)} of them repeated: ${formatNumber(written - repeated)} stored.`}
      </Box>
    </SpaceBetween>
  );
}

interface ButtonsProps {
  readonly consumer: ConsumerView;
  readonly busy: string | null;
  readonly act: (action: ControlAction, name: string) => void;
}

function Buttons({ consumer: { name, state }, busy, act }: ButtonsProps) {
  const toggle = state === 'paused' ? 'resume' : 'pause';
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <Button
        variant="inline-link"
        ariaLabel={`Kill ${name}`}
        disabled={busy === name}
        onClick={() => act('kill', name)}
      >
        Kill
      </Button>
      <Button
        variant="inline-link"
        ariaLabel={`${toggle === 'pause' ? 'Pause' : 'Resume'} ${name}`}
        disabled={busy === name}
        onClick={() => act(toggle, name)}
      >
        {toggle === 'pause' ? 'Pause' : 'Resume'}
      </Button>
    </SpaceBetween>
  );
}

const OUTCOMES: Record<ControlAction, string> = {
  kill: 'was killed (SIGKILL). Its messages are delivered again after the visibility timeout.',
  pause: 'is paused (SIGSTOP). Others take over after the visibility timeout.',
  resume: 'continues (SIGCONT).',
  add: 'A consumer was added.',
};

function useControl() {
  const [busy, setBusy] = useState<string | null>(null);
  const [outcome, setOutcome] = useState('');
  const act = (action: ControlAction, name?: string) => {
    setBusy(name ?? 'add');
    post(name === undefined ? '/api/consumers' : `/api/consumers/${encodeURIComponent(name)}`, { action })
      .then(
        () => setOutcome(name === undefined ? OUTCOMES[action] : `${name} ${OUTCOMES[action]}`),
        (error: Error) => setOutcome(error.message),
      )
      .finally(() => setBusy(null));
  };
  return { act, busy, outcome };
}
