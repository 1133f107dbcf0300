// The details of a selected message: when it passed each step, its slices, and some of its movies.
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { lazy, Suspense } from 'react';
import type { JobView, MessageView } from '../../api.ts';
import { useGet } from '../client.ts';
import { formatCount, formatDuration, formatInstant, formatNumber } from '../format.ts';
import { Details } from '../layout.tsx';
import { useConsumerName } from '../live.ts';
import { Empty, Loading, Read } from '../parts.tsx';
import { MoviesTable } from './movies-table.tsx';

const MessageHistory = lazy(() => import('../lab/message-history.tsx'));

const STATES: Record<MessageView['state'], string> = {
  stored: 'Stored',
  undeleted: 'Stored, not yet deleted from the queue',
  in_flight: 'In flight: a consumer has it',
  dead_lettered: 'In the dead-letter queue',
  not_seen: 'Not stored yet',
};

interface DetailsProps {
  readonly job: JobView;
  readonly number: number;
  readonly version: number;
  readonly onClose: () => void;
}

export function MessageDetails({ job, number, version, onClose }: DetailsProps) {
  const read = useGet<MessageView>(`/api/jobs/${job.job_id}/messages/${number}`, version);
  return (
    <Details title={`Message ${number}`} testId="message" onClose={onClose}>
      <Read from={read} what="the message">
        {(message) => <MessageContent message={message} />}
      </Read>
      <Suspense fallback={<Loading what="its history" />}>
        <MessageHistory jobId={job.job_id} number={number} version={version} />
      </Suspense>
    </Details>
  );
}

function MessageContent({ message }: { message: MessageView }) {
  return (
    <SpaceBetween size="m">
      <KeyValuePairs columns={4} minColumnWidth={160} items={factsOf(message)} />
      {message.sample.length > 0 ? (
        <MoviesTable
          movies={message.sample}
          title={message.sample.length < message.movies ? `First ${message.sample.length} movies` : 'Movies'}
        />
      ) : (
        <Empty title="Its movies are not stored yet">They appear here as soon as a consumer stored them.</Empty>
      )}
    </SpaceBetween>
  );
}

function Consumer({ instance }: { instance: string }) {
  return <span className="clip">{useConsumerName(instance)}</span>;
}

function factsOf(message: MessageView) {
  const last = message.first_movie + message.movies - 1;
  const since = (later: string | null, earlier: string | null) =>
    later && earlier ? ` (after ${formatDuration(Date.parse(later) - Date.parse(earlier))})` : '';
  const at = (iso: string | null, after: string | null = null) =>
    iso ? `${formatInstant(iso)}${since(iso, after)}` : '–';
  return [
    { label: 'State', value: STATES[message.state] },
    {
      label: 'Carries',
      value:
        message.movies === 1
          ? `movie ${formatNumber(last)}`
          : `${formatNumber(message.movies)} movies, ${formatNumber(message.first_movie)} to ${formatNumber(last)}`,
    },
    { label: 'Message group', value: <span className="clip">{message.group_id}</span> },
    { label: 'Delivered', value: message.receives === null ? '–' : formatCount(message.receives, 'time') },
    { label: 'Sent', value: at(message.sent_on) },
    { label: 'Received', value: at(message.received_on, message.sent_on) },
    { label: 'Stored', value: at(message.stored_on, message.received_on) },
    { label: 'Stored by', value: message.stored_by === null ? '–' : <Consumer instance={message.stored_by} /> },
    {
      label: 'DynamoDB items',
      value: message.slices.length === 0 ? '–' : message.slices.map((slice) => <Item key={slice.part} {...slice} />),
    },
  ];
}

const Item = ({ partition, part }: { partition: string; part: string }) => (
  <div className="clip">
    <code>{`${partition} / ${part}`}</code>
  </div>
);
