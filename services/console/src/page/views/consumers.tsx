// The consumers: what each did, and in `movie-load up` buttons to kill, pause and add one.
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { useState } from 'react';
import type { ConsumerView, ControlAction, Overview } from '../../api.ts';
import { post } from '../client.ts';
import { count, rate } from '../format.ts';
import { Empty } from '../parts.tsx';

const STATES: Record<ConsumerView['state'], { type: StatusIndicatorProps.Type; word: string }> = {
  starting: { type: 'in-progress', word: 'Starting' },
  working: { type: 'success', word: 'Working' },
  away: { type: 'warning', word: 'No answer' },
  paused: { type: 'stopped', word: 'Paused' },
  gone: { type: 'error', word: 'Gone' },
};

const COLUMNS: TableProps.ColumnDefinition<ConsumerView>[] = [
  { id: 'name', header: 'Consumer', isRowHeader: true, cell: (it) => <Name consumer={it} /> },
  {
    id: 'state',
    header: 'State',
    cell: (it) => <StatusIndicator type={STATES[it.state].type}>{STATES[it.state].word}</StatusIndicator>,
  },
  { id: 'stored', header: 'Movies stored', cell: (it) => count(it.stored_movies) },
  { id: 'rate', header: 'Per second', cell: (it) => rate(it.rate) },
  { id: 'flight', header: 'In flight', cell: (it) => count(it.in_flight) },
  { id: 'redelivered', header: 'Redelivered', cell: (it) => count(it.redelivered) },
];

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

export default function Consumers({ overview }: { overview: Overview }) {
  const control = overview.can.control;
  const { act, busy, said } = useControl();
  const buttons: TableProps.ColumnDefinition<ConsumerView> = {
    id: 'actions',
    header: 'Try it',
    minWidth: 190,
    cell: (it) => it.controllable && it.state !== 'gone' && <Buttons consumer={it} busy={busy} act={act} />,
  };
  return (
    <Table
      variant="container"
      trackBy="name"
      items={overview.consumers}
      columnDefinitions={control ? [...COLUMNS, buttons] : COLUMNS}
      ariaLabels={{ tableLabel: 'Consumers' }}
      header={
        <Header
          variant="h2"
          counter={`(${overview.consumers.filter(({ state }) => state !== 'gone').length})`}
          description={
            control ? 'Kill one in the middle of a job: nothing is lost, and nothing is stored twice.' : undefined
          }
          actions={
            control && (
              <Button iconName="add-plus" loading={busy === 'add'} onClick={() => act('add')}>
                Add a consumer
              </Button>
            )
          }
        >
          Consumers
        </Header>
      }
      footer={said !== '' && <output>{said}</output>}
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

const DONE: Record<ControlAction, string> = {
  kill: 'was killed (SIGKILL). Its messages come back after the visibility timeout.',
  pause: 'is paused (SIGSTOP). Others take over after the visibility timeout.',
  resume: 'goes on (SIGCONT).',
  add: 'A consumer was added.',
};

function useControl() {
  const [busy, setBusy] = useState<string | null>(null);
  const [said, setSaid] = useState('');
  const act = (action: ControlAction, name?: string) => {
    setBusy(name ?? 'add');
    post(name === undefined ? '/api/consumers' : `/api/consumers/${encodeURIComponent(name)}`, { action })
      .then(
        () => setSaid(name === undefined ? DONE[action] : `${name} ${DONE[action]}`),
        (error: Error) => setSaid(error.message),
      )
      .finally(() => setBusy(null));
  };
  return { act, busy, said };
}
