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
import { count, counted, rate } from '../format.ts';
import { Empty } from '../parts.tsx';

const STATES: Record<ConsumerView['state'], { type: StatusIndicatorProps.Type; word: string }> = {
  starting: { type: 'in-progress', word: 'Starting' },
  working: { type: 'success', word: 'Working' },
  away: { type: 'warning', word: 'No answer' },
  paused: { type: 'stopped', word: 'Paused' },
  gone: { type: 'error', word: 'Gone' },
};

const COLUMNS: Columns<ConsumerView> = [
  { id: 'name', header: 'Consumer', isRowHeader: true, cell: (it) => <Name consumer={it} /> },
  {
    id: 'state',
    header: 'State',
    cell: (it) => <StatusIndicator type={STATES[it.state].type}>{STATES[it.state].word}</StatusIndicator>,
  },
  { id: 'stored', header: 'Written', cell: (it) => count(it.stored_movies) },
  // Already counted, by this consumer or another one: the write changed nothing.
  { id: 'repeated', header: 'Of them again', cell: (it) => count(it.repeated_movies) },
  { id: 'rate', header: 'Per second', cell: (it) => rate(it.rate) },
  { id: 'flight', header: 'In flight', cell: (it) => count(it.in_flight) },
  { id: 'redelivered', header: 'Redelivered', cell: (it) => count(it.redelivered) },
];
/** The form next to a job's map. */
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
  const { act, busy, answer } = useControl();
  const buttons: Columns<ConsumerView>[number] = {
    id: 'actions',
    header: 'Try it',
    minWidth: 120,
    cell: (it) => it.controllable && it.state !== 'gone' && <Buttons consumer={it} busy={busy} act={act} />,
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
      trackBy="name"
      items={overview.consumers}
      columnDefinitions={control ? [...columns, buttons] : columns}
      footer={<Foot overview={overview} answer={answer} />}
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

/** Writes and repeats separately: their difference is what is stored. */
function Foot({ overview, answer }: { overview: Overview; answer: string }) {
  const { stored_movies: written, repeated_movies: again, consumers } = overview;
  const isOver = consumers.some(({ state }) => state === 'gone');
  return (
    <SpaceBetween size="xxs">
      {answer !== '' && <output>{answer}</output>}
      <Box color="text-body-secondary" fontSize="body-s">
        {isOver
          ? `Together at least ${counted(written, 'movie')} written, ${count(again)} of them again. Writes of a killed consumer after its last report, within its last second, are not counted.`
          : `Together ${counted(written, 'movie')} written, ${count(again)} of them again: ${count(written - again)} stored.`}
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

const DONE: Record<ControlAction, string> = {
  kill: 'was killed (SIGKILL). Its messages are delivered again after the visibility timeout.',
  pause: 'is paused (SIGSTOP). Others take over after the visibility timeout.',
  resume: 'goes on (SIGCONT).',
  add: 'A consumer was added.',
};

function useControl() {
  const [busy, setBusy] = useState<string | null>(null);
  const [answer, setAnswer] = useState('');
  const act = (action: ControlAction, name?: string) => {
    setBusy(name ?? 'add');
    post(name === undefined ? '/api/consumers' : `/api/consumers/${encodeURIComponent(name)}`, { action })
      .then(
        () => setAnswer(name === undefined ? DONE[action] : `${name} ${DONE[action]}`),
        (error: Error) => setAnswer(error.message),
      )
      .finally(() => setBusy(null));
  };
  return { act, busy, answer };
}
