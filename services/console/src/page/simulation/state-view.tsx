// The state of the world at a moment: the queues, the table's sets and slices, the object and its parts.
import Box from '@cloudscape-design/components/box';
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import type { JobState, RecordedJob, Recording } from '../../simulation-api.ts';
import { formatCount } from '../format.ts';
import { Section } from '../layout.tsx';
import { type CellState, formatSeconds, isInFlight, messageCell, type WorldState } from './state.ts';

export interface StateViewProps {
  readonly recording: Recording;
  readonly now: WorldState;
  /** The state one event earlier, to mark changes. */
  readonly before: WorldState;
  readonly ms: number;
}

export function StateView({ recording, now, before, ms }: StateViewProps) {
  return (
    <Section title={`Queue, table and object at ${formatSeconds(ms)}`} description="Changes of this event are framed.">
      <Legend />
      {recording.jobs.map((job, index) => {
        const state = now.jobs[index];
        return state && <Job key={job.name} {...{ job, index, state, now, ms }} before={before} />;
      })}
      <InFlight recording={recording} now={now} ms={ms} />
    </Section>
  );
}

const LEGEND: readonly (readonly [state: CellState, text: string])[] = [
  ['none', 'not sent, not counted, not stored'],
  ['waiting', 'waits in the queue'],
  ['flight', 'in flight'],
  ['dead', 'in the dead-letter queue'],
  ['gone', 'deleted, counted or stored'],
];

const Legend = () => (
  <ul className="legend">
    {LEGEND.map(([state, text]) => (
      <li key={state}>
        <span className={`sim-cell sim-${state}`} aria-hidden="true" /> {text}
      </li>
    ))}
  </ul>
);

interface JobProps {
  readonly job: RecordedJob;
  readonly index: number;
  readonly state: JobState;
  readonly now: WorldState;
  readonly before: WorldState;
  readonly ms: number;
}

function Job({ job, index, state, now, before, ms }: JobProps) {
  const stateBefore = before.jobs[index];
  const tree = job.sets.slice(job.groups.length);
  return (
    <section aria-label={job.name}>
      <Box variant="h3">
        {job.name} <StatusIndicator type={STATUSES[state.status].type}>{STATUSES[state.status].text}</StatusIndicator>
      </Box>
      <div className="sim-groups">
        {job.groups.map((first, group) => {
          const bound = job.sets[group]?.bound ?? 0;
          const numbers = Array.from({ length: bound }, (_, offset) => first + offset);
          const cells = numbers.map((number) => messageCell(now, index, number, ms));
          const cellsBefore = numbers.map((number) => messageCell(before, index, number, ms));
          return (
            <div key={first} className="sim-group">
              <Box variant="awsui-key-label">{`Group ${group}`}</Box>
              <Row
                name="Messages"
                label={numbers.map((number, at) => `${number}: ${cells[at]?.text}`).join(', ')}
                cells={numbers.map((number, at) => ({
                  text: String(number),
                  state: cells[at]?.state ?? 'none',
                  isNew: cells[at]?.text !== cellsBefore[at]?.text,
                }))}
              />
              <Row {...rowOfSet('Slices', numbers, state.stored, stateBefore?.stored, 'stored')} />
              <Row {...rowOfSet('Ledger', range(bound), state.sets[group], stateBefore?.sets[group], 'counted')} />
            </div>
          );
        })}
        <div className="sim-group">
          <Box variant="awsui-key-label">Completion tree</Box>
          {tree.map(({ name, bound }, at) => {
            const set = job.groups.length + at;
            return (
              <Row key={name} {...rowOfSet(name, range(bound), state.sets[set], stateBefore?.sets[set], 'finished')} />
            );
          })}
        </div>
        <div className="sim-group">
          <Box variant="awsui-key-label">Object</Box>
          {job.parts > 1 && (
            <Row {...rowOfSet('Parts in S3', range(job.parts, 1), state.parts, stateBefore?.parts, 'written')} />
          )}
          <div className={state.object === stateBefore?.object ? '' : 'sim-new-text'}>{OBJECTS[state.object]}</div>
        </div>
      </div>
    </section>
  );
}

const STATUSES: Readonly<Record<JobState['status'], { type: StatusIndicatorProps.Type; text: string }>> = {
  none: { type: 'pending', text: 'not in the table' },
  RUNNING: { type: 'in-progress', text: 'RUNNING' },
  COMPLETE: { type: 'success', text: 'COMPLETE' },
  deleted: { type: 'stopped', text: 'deleted' },
};

const OBJECTS: Readonly<Record<JobState['object'], string>> = {
  none: 'not there',
  right: 'there, with the right bytes',
  wrong: 'there, with wrong bytes',
};

const range = (length: number, first = 0) => Array.from({ length }, (_, index) => first + index);

interface RowProps {
  readonly name: string;
  readonly label: string;
  readonly cells: readonly { readonly text: string; readonly state: CellState; readonly isNew: boolean }[];
}

/** A row of numbers, some of which are in a set. */
function rowOfSet(
  name: string,
  numbers: readonly number[],
  current: readonly number[] = [],
  previous: readonly number[] = [],
  text = '',
): RowProps {
  return {
    name,
    label: `${formatCount(current.filter((number) => numbers.includes(number)).length, 'number')} of ${numbers.length} ${text}`,
    cells: numbers.map((number) => ({
      text: String(number),
      state: current.includes(number) ? 'gone' : 'none',
      isNew: current.includes(number) !== previous.includes(number),
    })),
  };
}

const Row = ({ name, label, cells }: RowProps) => (
  <div className="sim-row">
    <span className="sim-row-name">{name}</span>
    <span role="img" aria-label={`${name}, ${label}`}>
      {cells.map(({ text, state, isNew }) => (
        <span key={text} className={`sim-cell sim-${state} ${isNew ? 'sim-new' : ''}`}>
          {text}
        </span>
      ))}
    </span>
  </div>
);

const MAX_LISTED = 8;

/** The processes that have messages in flight, and until when. */
function InFlight({ recording, now, ms }: Omit<StateViewProps, 'before'>) {
  const inFlight = [...now.messages.values()].filter((message) => isInFlight(message, ms));
  const forged = [...now.messages.values()].filter(({ of }) => of === null).length;
  if (inFlight.length === 0 && forged === 0) return null;
  return (
    <div>
      {inFlight.length > 0 && <Box variant="awsui-key-label">In flight</Box>}
      <ul className="sim-list">
        {inFlight.slice(0, MAX_LISTED).map(({ of, in_flight, receives, queue }, at) => (
          <li key={at}>
            {of === null ? 'a forged message' : `${recording.jobs[of.job]?.name} message ${of.number}`}
            {queue === 'dead_letters' && ' (dead-letter queue)'} at {in_flight?.by}, delivery {receives}, invisible for{' '}
            {formatSeconds((in_flight?.until_ms ?? ms) - ms)} more
          </li>
        ))}
        {inFlight.length > MAX_LISTED && <li>{`and ${inFlight.length - MAX_LISTED} more`}</li>}
        {forged > 0 && <li>{`${formatCount(forged, 'forged message')} in the queues`}</li>}
      </ul>
    </div>
  );
}
