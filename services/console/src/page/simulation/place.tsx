// Play against the protocol: make the next call fail, and run the same seed again.
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import type { Play, Recording } from '../../simulation-api.ts';
import { ChoiceField } from '../fields.tsx';
import { Labelled, Section } from '../layout.tsx';
import { faultInWords } from './faults.ts';
import { formatSeconds, laneOf, nextCall, siteOf } from './state.ts';

const MAX_PLACED = 12;
const PLACEABLE_FAULTS = [
  {
    kind: 'crash_after_effect',
    label: 'Crash',
    description: 'The call takes effect, and the process dies before it knows.',
  },
  {
    kind: 'lost_answer',
    label: 'Lose the answer',
    description: 'The call takes effect, and its caller gets an error.',
  },
  {
    kind: 'stall',
    label: 'Stall',
    description: 'The process is stopped for longer than its visibility timeout, then continues.',
  },
] as const;
const ANY_PROCESS = { value: '', label: 'any process' };

export interface PlaceProps {
  readonly recording: Recording;
  readonly request: Play;
  readonly position: number;
  readonly isRunning: boolean;
  readonly onRun: (request: Play) => void;
}

export function Place({ recording, request, position, isRunning, onRun }: PlaceProps) {
  const [lane, setLane] = useState('');
  const lanes = [...new Set(recording.calls.map(({ site }) => laneOf(siteOf(site).process)))].sort();
  const options = [ANY_PROCESS, ...lanes.map((value) => ({ value, label: value }))];
  const call = nextCall(recording, position, lane === '' ? null : lane);
  const isQuiet = recording.quiet_from !== null && call !== undefined && call.from > recording.quiet_from;
  const isFull = request.placed.length >= MAX_PLACED;
  const place = (kind: string) => {
    if (call)
      onRun({ ...request, placed: [...request.placed.filter(isOfOtherCall(call.site)), `${call.site} ${kind}`] });
  };
  const nextCallText = isFull
    ? `At most ${MAX_PLACED} faults can be placed.`
    : call === undefined
      ? 'No call is made after this moment.'
      : isQuiet
        ? 'At this moment faults have ended: go back to place one.'
        : `The next call: ${callText(call.site)}, after ${formatSeconds(recording.events[call.from - 1]?.ms ?? 0)}.`;
  return (
    <Section
      title="Play against it"
      gap="s"
      description="Make the next call after this moment fail. The same seed runs again, with the same beginning."
    >
      <ChoiceField
        label="Whose next call"
        description={nextCallText}
        options={options}
        value={lane}
        otherLabel={ANY_PROCESS.label}
        onChange={setLane}
      />
      <SpaceBetween direction="horizontal" size="xs">
        {PLACEABLE_FAULTS.map(({ kind, label, description }) => (
          <Button
            key={kind}
            disabled={call === undefined || isQuiet || isFull || isRunning}
            ariaLabel={`${label}: ${description}`}
            onClick={() => place(kind)}
          >
            {label}
          </Button>
        ))}
      </SpaceBetween>
      {request.placed.length > 0 && (
        <Placed recording={recording} request={request} isRunning={isRunning} onRun={onRun} />
      )}
    </Section>
  );
}

/** A predicate: true if a placed fault is at another call. */
const isOfOtherCall = (site: string) => (id: string) => !id.startsWith(`${site} `);

function callText(site: string): string {
  const { process, operation, count } = siteOf(site);
  return `${operation} ${count} of ${process}`;
}

function Placed({ recording, request, isRunning, onRun }: Omit<PlaceProps, 'position'>) {
  const occurred = new Set(recording.faults);
  return (
    <Labelled label="Placed by you">
      <ul className="sim-list" data-testid="placed">
        {request.placed.map((id) => (
          <li key={id}>
            {faultInWords(id, recording)}
            {!occurred.has(id) && ' (this call is not made any more)'}{' '}
            <Button
              variant="inline-link"
              disabled={isRunning}
              ariaLabel={`Remove: ${faultInWords(id, recording)}`}
              onClick={() => onRun({ ...request, placed: request.placed.filter((other) => other !== id) })}
            >
              Remove
            </Button>
          </li>
        ))}
      </ul>
    </Labelled>
  );
}
