// The view of the dead-letter queue: the reasons and contents of its messages, and the redrive.
import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useEffect, useState } from 'react';
import type { DeadLetters, DeadLetterView } from '../../api.ts';
import { useGet } from '../client.ts';
import { DataTable } from '../data-table.tsx';
import type { Columns } from '../data-table-props.ts';
import { ChoiceField } from '../fields.tsx';
import { formatBytes, formatCount, formatInstant } from '../format.ts';
import { ViewLayout } from '../layout.tsx';
import { type Live, useLive } from '../live.ts';
import { Empty, JobLink, Read } from '../parts.tsx';
import { DeadLetterDetails } from './dead-letter-details.tsx';
import { Redrive } from './redrive.tsx';

/** The texts that the page shows for the reasons. */
const REASONS: Record<string, string> = {
  not_json: 'Not JSON',
  unknown_version: 'Unknown version',
  wrong_shape: 'Wrong shape',
  plan_mismatch: 'Plan does not fit the job id',
  outside_plan: 'Numbers outside the plan',
  group_mismatch: 'Another message group',
  too_many_receives: 'Received too often',
  unknown: 'No reason given',
};
const reasonText = (reason: string): string => REASONS[reason] ?? reason;
const ALL = 'all';

/** A number that changes whenever messages are added or removed, also when as many are added as removed. */
function changeCounter({ overview }: Live): number {
  // The sum of both counts: a read that receives messages moves them from one count to the other.
  const depth = overview?.dlq ? overview.dlq.waiting + overview.dlq.in_flight : 0;
  return depth + (overview?.consumers ?? []).reduce((sum, { dead_lettered }) => sum + 1e6 * dead_lettered, 0);
}

/** A little longer than the server shares a read: one that peeks, and one that receives. */
const SHARED_MS = { peeked: 1000, received: 6000 };

/** The value of `ms` ago. Used to read again: a shared read may be older than the change that caused the request. */
function useDelayed(value: number, ms: number): number {
  const [delayed, setDelayed] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setDelayed(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return delayed;
}

export default function DeadLettersView() {
  const changes = useLive(changeCounter);
  const [sharedMs, setSharedMs] = useState(SHARED_MS.peeked);
  const delayed = useDelayed(changes, sharedMs);
  const read = useGet<DeadLetters>('/api/dead-letters', `${changes} ${delayed}`);
  const newSharedMs = read.data?.peeked === false ? SHARED_MS.received : SHARED_MS.peeked;
  if (newSharedMs !== sharedMs) setSharedMs(newSharedMs);
  return (
    <ViewLayout
      title="Dead-letter queue"
      description="Messages that are invalid, or that failed ten times. Nothing is lost: each can be sent back."
      actions={
        <Button iconName="refresh" loading={read.loading} onClick={read.reload}>
          Read again
        </Button>
      }
    >
      <Read from={read} what="the dead-letter queue">
        {(deadLetters) => <DeadLetterList deadLetters={deadLetters} reload={read.reload} />}
      </Read>
    </ViewLayout>
  );
}

const columnsOf = (onOpen: (id: string) => void): Columns<DeadLetterView> => [
  {
    id: 'reason',
    header: 'Reason',
    isRowHeader: true,
    cell: (deadLetter) => (
      <Button
        variant="inline-link"
        ariaLabel={`${reasonText(deadLetter.reason)}: look at ${deadLetter.message_id}`}
        onClick={() => onOpen(deadLetter.message_id)}
      >
        {reasonText(deadLetter.reason)}
      </Button>
    ),
  },
  {
    id: 'detail',
    header: 'Detail',
    minWidth: 220,
    cell: (deadLetter) => <span className="clip">{deadLetter.detail || '–'}</span>,
  },
  { id: 'job', header: 'Job', cell: (deadLetter) => (deadLetter.job_id ? <JobLink jobId={deadLetter.job_id} /> : '–') },
  { id: 'since', header: 'Here since', cell: (deadLetter) => formatInstant(deadLetter.dead_since) },
  { id: 'size', header: 'Body', cell: (deadLetter) => formatBytes(deadLetter.body_bytes) },
];

function DeadLetterList({ deadLetters, reload }: { deadLetters: DeadLetters; reload: () => void }) {
  const [reason, setReason] = useState(ALL);
  const [chosen, setChosen] = useState<readonly DeadLetterView[]>([]);
  const [opened, setOpened] = useState<string | null>(null);
  const { messages, peeked, total } = deadLetters;
  const shown = messages.filter((deadLetter) => reason === ALL || deadLetter.reason === reason);
  // Sends only what the page shows: neither removed dead letters nor those that the filter hides.
  const visible = new Set(shown.map(({ message_id }) => message_id));
  const selected = chosen.filter(({ message_id }) => visible.has(message_id));
  const openedMessage = messages.find(({ message_id }) => message_id === opened);
  return (
    <SpaceBetween size="l">
      {!peeked && messages.length > 0 && (
        <Alert type="info">
          This endpoint shows messages only by receiving them: while the page reads them, no other reader gets them.
        </Alert>
      )}
      <DataTable
        title="Messages"
        label="Dead-lettered messages"
        counter={selected.length > 0 ? `(${selected.length}/${shown.length})` : `(${shown.length})`}
        description={total > messages.length && totalText(deadLetters)}
        actions={<Redrive ids={selected.map(({ message_id }) => message_id)} onDone={reload} />}
        items={shown}
        columnDefinitions={columnsOf(setOpened)}
        wrapLines
        trackBy="message_id"
        selection={{
          selected,
          onSelect: setChosen,
          groupLabel: 'Messages',
          itemLabel: ({ message_id }) => `Choose ${message_id}`,
        }}
        filter={<ByReason messages={messages} reason={reason} onReason={setReason} />}
        empty={<Empty title="Nothing here">Good: every message so far could be stored. There is nothing to do.</Empty>}
      />
      {openedMessage && (
        <DeadLetterDetails key={openedMessage.message_id} deadLetter={openedMessage} onClose={() => setOpened(null)} />
      )}
    </SpaceBetween>
  );
}

/** Only a peek can select the newest; a read that receives ends after the first messages that SQS returns. */
const totalText = ({ total, peeked, messages }: DeadLetters): string =>
  `${formatCount(total, 'message')} in the queue; ${peeked ? 'the newest' : messages.length} are shown.`;

interface ByReasonProps {
  readonly messages: readonly DeadLetterView[];
  readonly reason: string;
  readonly onReason: (reason: string) => void;
}

function ByReason({ messages, reason, onReason }: ByReasonProps) {
  const messagesByReason = Map.groupBy(messages, (deadLetter) => deadLetter.reason);
  const options = [
    { value: ALL, label: `All reasons (${messages.length})` },
    ...[...messagesByReason].map(([value, { length }]) => ({ value, label: `${reasonText(value)} (${length})` })),
  ];
  return (
    <ChoiceField
      label="By reason"
      options={options}
      value={reason}
      otherLabel={reasonText(reason)}
      onChange={onReason}
    />
  );
}
