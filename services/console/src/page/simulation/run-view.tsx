// A run to play and to step through: the verdict, the scrubber, a lane per process, the trace, and the current state.
import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMemo } from 'react';
import { formatCount, formatDuration, formatNumber } from '../format.ts';
import { Section } from '../layout.tsx';
import { usePlayback } from '../player/use-playback.ts';
import { commandOf } from './command.ts';
import { Lanes } from './lanes.tsx';
import { Place } from './place.tsx';
import type { RecordedRun, Runs } from './run.ts';
import { Scrubber } from './scrubber.tsx';
import { formatSeconds, lanesOf, stateAt } from './state.ts';
import { StateView } from './state-view.tsx';
import { VerdictView } from './verdict.tsx';

/** Slow enough to follow lanes and state. */
const PLAYBACK_MS = 60_000;

interface RunViewProps extends Runs {
  readonly recordedRun: RecordedRun;
}

export function RunView({ recordedRun, shortest, isRunning, run, show }: RunViewProps) {
  const { recording, request } = recordedRun;
  const { events } = recording;
  const last = Math.max(0, events.length - 1);
  const playback = usePlayback({ last, isGrowing: false, durationMs: PLAYBACK_MS, autoplay: false });
  const { position, goTo } = playback;
  const lanes = useMemo(() => lanesOf(recording), [recording]);
  const now = useMemo(() => stateAt(recording, position), [recording, position]);
  const before = useMemo(() => stateAt(recording, position - 1), [recording, position]);
  const event = events[position];
  const command = commandOf(request);
  if (event === undefined) return <Box>Nothing has happened in this run.</Box>;
  return (
    <SpaceBetween size="l">
      <VerdictView recordedRun={recordedRun} shortest={shortest} onShow={show} onGoToEnd={() => goTo(last)} />
      <Section title={`Seed ${recording.seed}, ${recording.theme}`} description={factsOf(recordedRun)} gap="s">
        <Scrubber recording={recording} playback={playback} />
        <Lanes recording={recording} lanes={lanes} position={position} onMove={goTo} />
        <Trace recordedRun={recordedRun} position={position} />
        {command !== undefined && (
          <Box color="text-body-secondary">
            The same on the command line: <code className="clip">{command}</code>
          </Box>
        )}
      </Section>
      <StateView recording={recording} now={now} before={before} ms={event.ms} />
      <Place recording={recording} request={request} position={position} isRunning={isRunning} onRun={run} />
    </SpaceBetween>
  );
}

function factsOf({ recording, request }: RecordedRun): string {
  const { events, faults, tried, left_out, visibility_seconds } = recording;
  const last = events.at(-1)?.ms ?? 0;
  return [
    `${formatCount(events.length, 'event')} in ${formatDuration(last)} of virtual time, ${formatCount(faults.length, 'fault')}.`,
    `Messages stay invisible for ${visibility_seconds} s.`,
    ...(tried > 1 ? [`It is the first of ${tried} seeds that breaks a promise.`] : []),
    ...(left_out > 0 ? [`The recording leaves out ${formatNumber(left_out)} later events.`] : []),
    ...(request.placed.length > 0 ? [`${formatCount(request.placed.length, 'fault')} placed by you.`] : []),
  ].join(' ');
}

const LINES_AROUND = 3;

/** The lines of the trace around the position. */
function Trace({ recordedRun, position }: { recordedRun: RecordedRun; position: number }) {
  const { events } = recordedRun.recording;
  const first = Math.max(0, position - LINES_AROUND);
  const lines = events.slice(first, position + LINES_AROUND + 1);
  return (
    <ol className="sim-trace" start={first + 1} aria-label="Trace" data-testid="trace">
      {lines.map(({ ms, who, what }, index) => (
        <li key={first + index} aria-current={first + index === position || undefined}>
          {formatSeconds(ms)} <b>{who}</b> {what}
        </li>
      ))}
    </ol>
  );
}
