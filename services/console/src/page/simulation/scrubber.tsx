// Moves through a run in virtual time: a slider, steps, and where the faults are.
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { Recording } from '../../simulation-api.ts';
import { markOf, seconds } from './state.ts';

export interface ScrubberProps {
  readonly recording: Recording;
  readonly position: number;
  readonly onMove: (position: number) => void;
}

export function Scrubber({ recording, position, onMove }: ScrubberProps) {
  const { events } = recording;
  const last = events.length - 1;
  const event = events[position];
  const fault = (from: number, step: 1 | -1) => {
    let at = from + step;
    while (at >= 0 && at <= last && !isStrike(recording, at)) at += step;
    return at >= 0 && at <= last ? at : null;
  };
  const [previous, next] = [fault(position, -1), fault(position, 1)];
  const says = event
    ? `Event ${position + 1} of ${events.length}, ${seconds(event.ms)}: ${event.who} ${event.what}`
    : '';
  return (
    <div>
      <Strip recording={recording} position={position} />
      <input
        className="sim-range"
        type="range"
        min={0}
        max={last}
        value={position}
        aria-label="Virtual time"
        aria-valuetext={says}
        onChange={({ target }) => onMove(Number(target.value))}
        data-testid="scrubber"
      />
      <SpaceBetween direction="horizontal" size="xs">
        <Button
          iconName="angle-left"
          ariaLabel="Previous event"
          disabled={position === 0}
          onClick={() => onMove(position - 1)}
        />
        <Button
          iconName="angle-right"
          ariaLabel="Next event"
          disabled={position === last}
          onClick={() => onMove(position + 1)}
        />
        <Button disabled={previous === null} onClick={() => previous !== null && onMove(previous)}>
          Previous fault
        </Button>
        <Button disabled={next === null} onClick={() => next !== null && onMove(next)}>
          Next fault
        </Button>
      </SpaceBetween>
      <output className="sim-now" data-testid="moment">
        {says}
      </output>
    </div>
  );
}

function isStrike({ events }: Recording, at: number): boolean {
  const event = events[at];
  return event !== undefined && ['fault', 'death', 'verdict'].includes(markOf(event));
}

/** The whole run, with a line for each fault. The slider says the same to the keyboard and to screen readers. */
function Strip({ recording, position }: Omit<ScrubberProps, 'onMove'>) {
  const { events, quiet_from } = recording;
  const width = Math.max(1, events.length - 1);
  return (
    <svg className="sim-strip" viewBox={`0 0 ${width} 10`} preserveAspectRatio="none" aria-hidden="true">
      {quiet_from !== null && (
        <rect className="sim-quiet" x={quiet_from} y={0} width={width - quiet_from} height={10} />
      )}
      {events.map((event, at) => {
        const mark = markOf(event);
        if (mark !== 'fault' && mark !== 'death' && mark !== 'verdict') return null;
        return <line key={at} className={`sim-line-${mark}`} x1={at} x2={at} y1={mark === 'fault' ? 4 : 0} y2={10} />;
      })}
      <line className="sim-line-now" x1={position} x2={position} y1={0} y2={10} />
    </svg>
  );
}
