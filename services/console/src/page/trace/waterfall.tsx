// The trace of a job, if the services send their traces to this console: a bar per span over the job's time.
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import { useState } from 'react';
import type { JobTrace, TraceSpan } from '../../api.ts';
import { useGet } from '../client.ts';
import { formatCount, formatNumber } from '../format.ts';
import { Section } from '../layout.tsx';
import { barStyle, childrenOf, rowsOf, type TraceRow } from './rows.ts';
import './trace.css';

const ROWS_PER_STEP = 100;

export default function TraceSection({ jobId, version }: { jobId: string; version: unknown }) {
  const { data } = useGet<JobTrace>(`/api/jobs/${jobId}/trace`, version);
  return data?.receiving && data.spans.length > 0 ? <Waterfall trace={data} /> : null;
}

function Waterfall({ trace }: { trace: JobTrace }) {
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const [maxRows, setMaxRows] = useState(ROWS_PER_STEP);
  const children = childrenOf(trace.spans);
  const rows = rowsOf(children, open);
  const from = Math.min(...trace.spans.map(({ start_ms }) => start_ms));
  const to = Math.max(...trace.spans.map(({ end_ms }) => end_ms));
  const toggle = (id: string) => {
    const next = new Set(open);
    if (!next.delete(id)) next.add(id);
    setOpen(next);
  };
  const leftOut = trace.left_out > 0 ? `, and ${formatNumber(trace.left_out)} more that did not fit` : '';
  return (
    <Section
      title="Trace"
      gap="xs"
      description={`${formatCount(trace.spans.length, 'span')} over ${formatSpanTime(to - from)}${leftOut}`}
    >
      <ul className="trace" aria-label="The spans of the job, in the order in which they began">
        {rows.slice(0, maxRows).map((row) => (
          <Row key={row.span.id} row={row} bar={barStyle(row.span, from, to)} toggle={toggle} />
        ))}
      </ul>
      {rows.length > maxRows && (
        <Button
          onClick={() => setMaxRows(maxRows + ROWS_PER_STEP)}
        >{`Show more (${formatNumber(rows.length - maxRows)} left)`}</Button>
      )}
      <Box color="text-body-secondary" fontSize="body-s">
        About 64 groups of a job are in its trace, and all messages that were delivered again, refused or failed.
      </Box>
    </Section>
  );
}

interface RowProps {
  readonly row: TraceRow;
  readonly bar: { readonly left: string; readonly width: string };
  readonly toggle: (id: string) => void;
}

function Row({ row: { span, depth, childCount, isOpen }, bar, toggle }: RowProps) {
  const name = `${span.name}${factsOf(span)}`;
  return (
    <li className={span.error === null ? 'trace-row' : 'trace-row trace-failed'}>
      <span className="trace-name" style={{ paddingLeft: `${depth}rem` }} title={`${span.service} ${span.instance}`}>
        {childCount > 0 && depth > 0 ? (
          <button
            type="button"
            className="trace-toggle"
            aria-expanded={isOpen}
            onClick={() => toggle(span.id)}
          >{`${isOpen ? '▾' : '▸'} ${name}`}</button>
        ) : (
          name
        )}
      </span>
      <span className="trace-time">{formatSpanTime(span.end_ms - span.start_ms)}</span>
      <span className="trace-lane" aria-hidden="true">
        <span className={`trace-bar trace-${kindOf(span)}`} style={bar} />
      </span>
      {span.error !== null && <span className="trace-error">{span.error}</span>}
    </li>
  );
}

/** `120 ms`, `3.41 s`: more digits than `formatDuration`, so that spans can be compared. */
const formatSpanTime = (ms: number): string => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`);

function factsOf({ facts }: TraceSpan): string {
  const group = facts.group === undefined ? '' : ` · group ${facts.group}`;
  const receives = Number(facts.receives ?? 1) > 1 ? ` · receive ${facts.receives}` : '';
  const part = facts.part === undefined ? '' : ` ${facts.part} of ${facts.parts}`;
  return `${part}${group}${receives}`;
}

const kindOf = ({ name, service }: TraceSpan): string => {
  const [called = ''] = name.split(':');
  return ['sqs', 'dynamodb', 's3'].includes(called) ? called : service;
};
