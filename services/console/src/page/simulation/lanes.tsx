// A lane for each process around the current position: a column per event, calls as bars, faults where they occur.
import { type MouseEvent, useMemo, useRef } from 'react';
import type { Recording } from '../../simulation-api.ts';
import { useWidth } from '../use-width.ts';
import { MarkLegend, SHAPES } from './marks.tsx';
import { formatSeconds, laneOf, markOf, siteOf } from './state.ts';

const NAMES_PX = 92;
const COLUMN_PX = 18;
const LANE_PX = 30;
const HEAD_PX = 22;
/** Pauses of at least this length are drawn. */
const PAUSE_MS = 1000;

export interface LanesProps {
  readonly recording: Recording;
  readonly lanes: readonly string[];
  readonly position: number;
  readonly onMove: (position: number) => void;
}

export function Lanes({ recording, lanes, position, onMove }: LanesProps) {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const { events } = recording;
  const columns = Math.max(5, Math.floor((width - NAMES_PX) / COLUMN_PX));
  const first = Math.max(0, Math.min(position - Math.floor(columns / 2), events.length - columns));
  const shown = events.slice(first, first + columns);
  const height = HEAD_PX + lanes.length * LANE_PX;
  const xOf = (index: number) => NAMES_PX + (index - first + 0.5) * COLUMN_PX;
  const yOf = (lane: string) => HEAD_PX + (lanes.indexOf(lane) + 0.5) * LANE_PX;
  const click = ({ clientX, currentTarget }: MouseEvent) => {
    const x = clientX - currentTarget.getBoundingClientRect().left;
    const index = first + Math.floor((x - NAMES_PX) / COLUMN_PX);
    if (index >= first && index < first + shown.length) onMove(index);
  };
  return (
    <div ref={box} className="sim-lanes">
      {width > 0 && (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the slider above does the same by keyboard
        <svg
          width={width}
          height={height}
          role="img"
          aria-label={`Lanes of ${lanes.join(', ')}, events ${first + 1} to ${first + shown.length}`}
          onClick={click}
          data-testid="lanes"
        >
          <rect className="sim-cursor" x={xOf(position) - COLUMN_PX / 2} y={0} width={COLUMN_PX} height={height} />
          {lanes.map((lane) => (
            <g key={lane}>
              <line className="sim-lane" x1={NAMES_PX} x2={width} y1={yOf(lane)} y2={yOf(lane)} />
              <text className="sim-name" x={0} y={yOf(lane) + 4}>
                {lane}
              </text>
            </g>
          ))}
          <Times recording={recording} first={first} columns={columns} xOf={xOf} height={height} />
          <Calls recording={recording} range={[first, first + columns]} xOf={xOf} yOf={yOf} />
          {shown.map((event, index) => (
            <g
              key={first + index}
              className={`sim-mark sim-mark-${markOf(event)}`}
              transform={`translate(${xOf(first + index)},${yOf(laneOf(event.who))})`}
            >
              <title>{`${event.who} ${event.what}`}</title>
              <path d={SHAPES[markOf(event)]} />
            </g>
          ))}
        </svg>
      )}
      <MarkLegend />
    </div>
  );
}

interface TimesProps {
  readonly recording: Recording;
  readonly first: number;
  readonly columns: number;
  readonly height: number;
  readonly xOf: (index: number) => number;
}

const TIME_COLUMNS = 5;

/** Virtual time above the columns, and a dashed line where nothing happened for a second or more. */
function Times({ recording: { events }, first, columns, height, xOf }: TimesProps) {
  const shown = events.slice(first, first + columns);
  return (
    <>
      {shown.map(({ ms }, index) => {
        const eventIndex = first + index;
        const isPause = ms - (events[eventIndex - 1]?.ms ?? ms) >= PAUSE_MS;
        return (
          <g key={eventIndex}>
            {isPause && (
              <line
                className="sim-pause"
                x1={xOf(eventIndex) - COLUMN_PX / 2}
                x2={xOf(eventIndex) - COLUMN_PX / 2}
                y1={HEAD_PX - 4}
                y2={height}
              />
            )}
            {index % TIME_COLUMNS === 0 && index + TIME_COLUMNS <= columns && (
              <text className="sim-time" x={xOf(eventIndex) - COLUMN_PX / 2 + 2} y={12}>
                {formatSeconds(ms)}
              </text>
            )}
          </g>
        );
      })}
    </>
  );
}

interface CallsProps {
  readonly recording: Recording;
  readonly range: readonly [from: number, to: number];
  readonly xOf: (index: number) => number;
  readonly yOf: (lane: string) => number;
}

/** Calls in flight. Long polls are not drawn: there is nearly always one. */
function Calls({ recording, range: [first, end], xOf, yOf }: CallsProps) {
  const deaths = useMemo(() => deathsOf(recording), [recording]);
  const bars = recording.calls.flatMap((call) => {
    const { process, operation } = siteOf(call.site);
    const to = call.to ?? deaths.get(process) ?? call.from + 1;
    if (operation === 'ReceiveMessage' || to < first || call.from > end) return [];
    const [x1, x2] = [Math.max(call.from - 0.4, first - 0.5), Math.min(to - 0.6, end - 0.5)];
    return x2 > x1 ? [{ site: call.site, x1: xOf(x1), x2: xOf(x2), y: yOf(laneOf(process)), call }] : [];
  });
  return bars.map(({ site, x1, x2, y, call }) => (
    <line
      key={site}
      className={`sim-call ${call.failed || call.to === undefined ? 'sim-call-failed' : ''}`}
      x1={x1}
      x2={x2}
      y1={y}
      y2={y}
    />
  ));
}

/** The index of the event at which a process died, by process. */
function deathsOf({ events }: Recording): ReadonlyMap<string, number> {
  return new Map(events.flatMap(({ who, what }, index) => (what.startsWith('✝') ? [[who, index] as const] : [])));
}
