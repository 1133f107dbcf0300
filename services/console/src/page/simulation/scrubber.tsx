// Moves through a run in virtual time: a player, and where the faults are.
import Button from '@cloudscape-design/components/button';
import type { Recording } from '../../simulation-api.ts';
import { Player } from '../player/player.tsx';
import type { Playback } from '../player/use-playback.ts';
import { formatSeconds, type Mark, markOf } from './state.ts';

export function Scrubber({ recording, playback }: { recording: Recording; playback: Playback }) {
  const { events } = recording;
  const { position, goTo } = playback;
  const event = events[position];
  const strikes = events.flatMap((candidate, index) => (isStrike(markOf(candidate)) ? [index] : []));
  const previous = strikes.findLast((index) => index < position);
  const next = strikes.find((index) => index > position);
  const caption = event
    ? `Event ${position + 1} of ${events.length}, ${formatSeconds(event.ms)}: ${event.who} ${event.what}`
    : '';
  return (
    <div>
      <Strip recording={recording} position={position} />
      <Player playback={playback} label="Virtual time" caption={caption}>
        <Button disabled={previous === undefined} onClick={() => previous !== undefined && goTo(previous)}>
          Previous fault
        </Button>
        <Button disabled={next === undefined} onClick={() => next !== undefined && goTo(next)}>
          Next fault
        </Button>
      </Player>
      <output className="sim-now" data-testid="moment">
        {caption}
      </output>
    </div>
  );
}

const isStrike = (mark: Mark): boolean => mark === 'fault' || mark === 'death' || mark === 'verdict';

/** The whole run with a line for each fault. The slider offers the same to the keyboard and to screen readers. */
function Strip({ recording, position }: { readonly recording: Recording; readonly position: number }) {
  const { events, quiet_from } = recording;
  const width = Math.max(1, events.length - 1);
  return (
    <svg className="sim-strip" viewBox={`0 0 ${width} 10`} preserveAspectRatio="none" aria-hidden="true">
      {quiet_from !== null && (
        <rect className="sim-quiet" x={quiet_from} y={0} width={width - quiet_from} height={10} />
      )}
      {events.map((event, index) => {
        const mark = markOf(event);
        if (!isStrike(mark)) return null;
        return (
          <line
            key={index}
            className={`sim-line-${mark}`}
            x1={index}
            x2={index}
            y1={mark === 'fault' ? 4 : 0}
            y2={10}
          />
        );
      })}
      <line className="sim-line-now" x1={position} x2={position} y1={0} y2={10} />
    </svg>
  );
}
