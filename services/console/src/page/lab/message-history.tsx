// The history of a job's message in its queue: when it was sent, received, hidden, deleted or moved, and by whom.
import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { HistoryView } from '../../learn-api.ts';
import { useGet } from '../client.ts';
import { DataTable } from '../data-table.tsx';
import type { Columns } from '../data-table-props.ts';
import { formatCount, formatDuration, formatInstant } from '../format.ts';
import { Failed, Loading } from '../parts.tsx';

export default function MessageHistory({ jobId, number, version }: { jobId: string; number: number; version: number }) {
  const { data, error, reload } = useGet<HistoryView>(`/api/jobs/${jobId}/messages/${number}/history`, version);
  if (error) return <Failed error={error} retry={reload} />;
  if (data === undefined) return <Loading what="its history" />;
  if (data.why !== null) return <NoHistory>{data.why}</NoHistory>;
  if (data.messages.length === 0) {
    const orRemoved =
      data.forgotten === 0
        ? ''
        : `, or its history was removed to save memory, as that of ${formatCount(data.forgotten, 'older message')} was`;
    return <NoHistory>{`Nothing is known of this message: it was not sent to this queue${orRemoved}.`}</NoHistory>;
  }
  return (
    <SpaceBetween size="m">
      {data.messages.map((message) => (
        <SentMessage key={message.message_id} message={message} />
      ))}
    </SpaceBetween>
  );
}

const NoHistory = ({ children }: { children: string }) => (
  <div data-testid="history">
    <Box variant="h3">History</Box>
    <Box color="text-body-secondary">{children}</Box>
  </div>
);

type Message = HistoryView['messages'][number];
/** An event, and how long after the first one it happened, in milliseconds. */
type EventRow = Message['events'][number] & { readonly after: number };

const COLUMNS: Columns<EventRow> = [
  { id: 'after', header: 'After', cell: ({ after }) => formatDuration(after) },
  { id: 'what', header: 'What', isRowHeader: true, cell: ({ what }) => what },
  { id: 'by', header: 'By', cell: ({ by }) => <span className="clip">{by ?? '–'}</span> },
  {
    id: 'until',
    header: 'Hidden for',
    cell: ({ hidden_until, at }) => (hidden_until === null ? '–' : formatDuration(Math.max(0, hidden_until - at))),
  },
  { id: 'queue', header: 'Queue', cell: ({ queue }) => <span className="clip">{queue}</span> },
];

function SentMessage({ message: { message_id, events, events_left_out } }: { message: Message }) {
  const start = events[0]?.at ?? 0;
  const rows = events.map((event) => ({ ...event, after: event.at - start }));
  return (
    <div data-testid="history">
      <DataTable
        variant="embedded"
        title="History"
        description={`Sent ${formatInstant(new Date(start).toISOString())}, message id ${message_id}`}
        items={rows}
        columnDefinitions={COLUMNS}
        contentDensity="compact"
        wrapLines
        label={`History of message ${message_id}`}
        footer={events_left_out > 0 && `${formatCount(events_left_out, 'event')} after the first are left out.`}
      />
    </div>
  );
}
