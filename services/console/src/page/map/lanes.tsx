// The lanes of a job: a line per message group, a cell per message. Only visible lanes are requested and drawn.
import { type JobShape, messagesOfGroup } from '@movie-load/schema';
import { type KeyboardEvent, type MouseEvent, type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import type { Lane, Lanes as LanesAnswer } from '../../api.ts';
import { useGet } from '../client.ts';
import { useServerNow } from '../countdown.ts';
import { formatCount, formatRemaining } from '../format.ts';
import { useConsumers } from '../live.ts';
import { receiverName } from '../receivers.ts';
import { useDark } from '../theme.ts';
import { useWidth } from '../use-width.ts';
import { coloursNow, drawLanes, type LaneNote, prepareCanvas } from './draw.ts';
import { type Cell, cellAt, LANE_PX, lanesInView, moveCell } from './geometry.ts';

/** Height for fifty lanes, which a job of 1,000 movies has. */
const MAX_HEIGHT_PX = 720;
/** With more lanes than this, the cache is cleared. It has the visible lanes and some around them. */
const MAX_CACHED_LANES = 400;

export interface LanesProps {
  readonly jobId: string;
  readonly shape: JobShape;
  readonly version: number;
  readonly byConsumer: boolean;
  readonly cursor: Cell | null;
  readonly onCursor: (cell: Cell) => void;
  readonly onPick: (number: number) => void;
  readonly onConsumers: (names: readonly string[]) => void;
}

const STATE_TEXTS: Record<string, string> = {
  s: 'stored',
  u: 'stored, not yet deleted',
  f: 'in flight',
  d: 'dead-lettered',
  '.': 'not stored yet',
};

export function LaneMap(props: LanesProps) {
  const { shape, cursor, onCursor, onPick } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width, scrollTop, scrolled } = useViewport(scroller);
  const height = Math.min(MAX_HEIGHT_PX, shape.groups * LANE_PX);
  const lanes = useLanes(props, scrollTop, height);
  const noteOf = useLaneNotes(lanes);
  useDrawing(canvas, props, { lanes, width, height, scrollTop, noteOf });
  useCursorInView(scroller, cursor);

  const number = cursor && messagesOfGroup(shape, cursor.group).first + cursor.offset;
  const lane = cursor && lanes.byGroup.get(cursor.group);
  const state = cursor && (lane?.states[cursor.offset] ?? '.');
  const keyDown = (event: KeyboardEvent) => {
    const start = cursor ?? { group: Math.floor(scrollTop / LANE_PX), offset: 0 };
    const next = moveCell(shape, start, event.key, Math.floor(height / LANE_PX));
    if (next) onCursor(cursor === null ? start : next);
    else if ((event.key === 'Enter' || event.key === ' ') && number !== null) onPick(number);
    else return;
    event.preventDefault();
  };
  const click = (event: MouseEvent<HTMLCanvasElement>) => {
    const cell = cellAt(shape, width, event.nativeEvent.offsetX, event.nativeEvent.offsetY + scrollTop);
    if (cell === undefined) return;
    onCursor(cell);
    onPick(messagesOfGroup(shape, cell.group).first + cell.offset);
  };
  return (
    <>
      <div
        ref={scroller}
        className="map"
        role="application"
        aria-roledescription="map"
        aria-label={`Map of ${formatCount(shape.messages, 'message')} in ${formatCount(shape.groups, 'message group')}. Arrow keys move, Enter shows the message.`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it takes the arrow keys
        tabIndex={0}
        onScroll={scrolled}
        onKeyDown={keyDown}
        style={{ height }}
        data-testid="map"
      >
        <div style={{ height: shape.groups * LANE_PX }}>
          <canvas ref={canvas} onClick={click} />
        </div>
      </div>
      <output data-testid="cursor">
        {cursor && state && number !== null
          ? `Message ${number} of group ${cursor.group}: ${STATE_TEXTS[state] ?? 'not stored yet'}${sentenceOf(lane && noteOf(lane))}`
          : 'Choose a cell to see its movies.'}
      </output>
    </>
  );
}

const sentenceOf = (note: LaneNote | null | undefined): string => {
  if (!note) return '';
  const until = note.remaining === '' ? 'This endpoint does not report until when.' : `For ${note.remaining} more.`;
  return `. ${note.consumer} has messages of this group in flight, so no other consumer gets the group. ${until}`;
};

/** Returns the note of a lane: which consumer has its messages in flight, with a countdown. */
function useLaneNotes({ byGroup }: CachedLanes): (lane: Lane) => LaneNote | undefined {
  const consumers = useConsumers();
  const isCounting = [...byGroup.values()].some((lane) => lane.in_flight?.until != null);
  const now = useServerNow(isCounting);
  return useCallback(
    ({ in_flight: inFlight }) =>
      inFlight === null
        ? undefined
        : {
            consumer: inFlight.by === null ? 'a consumer' : receiverName(inFlight.by, consumers),
            remaining: inFlight.until === null ? '' : formatRemaining(inFlight.until, now),
          },
    [consumers, now],
  );
}

/** The map's width and scroll position, updated at most once per frame. */
function useViewport(scroller: RefObject<HTMLDivElement | null>) {
  const width = useWidth(scroller);
  const [scrollTop, setScrollTop] = useState(0);
  const frame = useRef(0);
  useEffect(() => () => cancelAnimationFrame(frame.current), []);
  const scrolled = useCallback(() => {
    cancelAnimationFrame(frame.current);
    frame.current = requestAnimationFrame(() => setScrollTop(scroller.current?.scrollTop ?? 0));
  }, [scroller]);
  return { width, scrollTop, scrolled };
}

interface CachedLanes {
  readonly byGroup: ReadonlyMap<number, Lane>;
}

/** The lanes around the visible ones, read again when the job's version grows. */
function useLanes(
  { jobId, shape, version, byConsumer, onConsumers }: LanesProps,
  top: number,
  height: number,
): CachedLanes {
  const cache = useRef(new Map<number, Lane>());
  const [lanes, setLanes] = useState<CachedLanes>({ byGroup: cache.current });
  const { first, count } = lanesInView(shape, top, height);
  const by = byConsumer ? 'consumer' : 'state';
  const { data } = useGet<LanesAnswer>(`/api/jobs/${jobId}/lanes?first=${first}&count=${count}&by=${by}`, version);
  useEffect(() => {
    if (data === undefined) return;
    if (cache.current.size > MAX_CACHED_LANES) cache.current.clear();
    for (const lane of data.lanes) cache.current.set(lane.group, lane);
    setLanes({ byGroup: cache.current });
    onConsumers(data.consumers);
  }, [data, onConsumers]);
  return lanes;
}

interface Viewport {
  readonly lanes: CachedLanes;
  readonly width: number;
  readonly height: number;
  readonly scrollTop: number;
  readonly noteOf: (lane: Lane) => LaneNote | undefined;
}

function useDrawing(
  canvas: RefObject<HTMLCanvasElement | null>,
  { shape, byConsumer, cursor }: LanesProps,
  { lanes, width, height, scrollTop, noteOf }: Viewport,
): void {
  const dark = useDark();
  useEffect(() => {
    if (!canvas.current || width === 0) return;
    const context = prepareCanvas(canvas.current, width, height);
    if (context === null) return;
    const picture = { shape, lanes: lanes.byGroup, width, height, scrollTop, byConsumer, cursor, noteOf };
    drawLanes(context, picture, coloursNow());
  }, [canvas, shape, lanes, width, height, scrollTop, byConsumer, cursor, noteOf, dark]);
}

/** Scrolls as far as necessary to show the cursor's lane. */
function useCursorInView(scroller: RefObject<HTMLDivElement | null>, cursor: Cell | null): void {
  useEffect(() => {
    const element = scroller.current;
    if (!element || cursor === null) return;
    const top = cursor.group * LANE_PX;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + LANE_PX > element.scrollTop + element.clientHeight) {
      element.scrollTop = top + LANE_PX - element.clientHeight;
    }
  }, [scroller, cursor]);
}
