// Draws the map on its canvas: only the visible lanes, however large the job is.
import { type JobShape, messagesOfGroup } from '@movie-load/schema';
import type { Heat, Lane } from '../../api.ts';
import { type Cell, cellWidth, hasNotes, LABEL_PX, LANE_PX } from './geometry.ts';

export interface Colours {
  readonly none: string;
  readonly stored: string;
  readonly flight: string;
  readonly dead: string;
  readonly cursor: string;
  readonly text: string;
  readonly back: string;
}

/** The colours of the page's style sheet, in its current light or dark mode. */
export function coloursNow(): Colours {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string) => style.getPropertyValue(name).trim();
  return {
    none: read('--map-none'),
    stored: read('--map-stored'),
    flight: read('--map-flight'),
    dead: read('--map-dead'),
    cursor: read('--map-cursor'),
    text: read('--flow-text'),
    back: read('--map-back'),
  };
}

/** Colours of consumers in light and dark mode: distinct for most colour-blind people, none is a state's colour. */
const CONSUMER_COLOURS = [
  '#0072b2',
  '#009e73',
  '#cc79a7',
  '#56b4e9',
  '#7a6ff0',
  '#a6761d',
  '#66a61e',
  '#1b9e9e',
  '#b35ba4',
  '#8f8f8f',
] as const;

export const consumerColour = (index: number): string => CONSUMER_COLOURS[index % CONSUMER_COLOURS.length] ?? '#8f8f8f';

/** Fits a canvas to its size on this screen and returns its context, scaled so that one unit is one CSS pixel. */
export function prepareCanvas(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
): CanvasRenderingContext2D | null {
  const scale = window.devicePixelRatio || 1;
  const [pixelWidth, pixelHeight] = [Math.round(width * scale), Math.round(height * scale)];
  if (canvas.width !== pixelWidth) canvas.width = pixelWidth;
  if (canvas.height !== pixelHeight) canvas.height = pixelHeight;
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = canvas.getContext('2d');
  context?.setTransform(scale, 0, 0, scale, 0, 0);
  return context;
}

export interface LanesPicture {
  readonly shape: JobShape;
  readonly lanes: ReadonlyMap<number, Lane>;
  readonly width: number;
  readonly height: number;
  readonly scrollTop: number;
  readonly byConsumer: boolean;
  readonly cursor: Cell | null;
  /** The consumer that has messages of a lane in flight, and for how long; undefined for most lanes. */
  readonly noteOf: (lane: Lane) => LaneNote | undefined;
}

export interface LaneNote {
  /** `consumer 2` */
  readonly consumer: string;
  /** `43 s`; empty if it is unknown. */
  readonly remaining: string;
}

export function drawLanes(context: CanvasRenderingContext2D, picture: LanesPicture, colours: Colours): void {
  const { shape, lanes, width, height, scrollTop, noteOf } = picture;
  context.fillStyle = colours.back;
  context.fillRect(0, 0, width, height);
  context.font = '11px sans-serif';
  context.textBaseline = 'middle';
  const cell = cellWidth(shape, width);
  const last = Math.min(shape.groups - 1, Math.floor((scrollTop + height) / LANE_PX));
  for (let group = Math.floor(scrollTop / LANE_PX); group <= last; group++) {
    const y = group * LANE_PX - scrollTop;
    context.fillStyle = colours.text;
    context.fillText(String(group), 4, y + LANE_PX / 2, LABEL_PX - 8);
    drawLane(context, picture, colours, { group, y, cell });
    const lane = lanes.get(group);
    const note = lane && noteOf(lane);
    if (note) drawNote(context, picture, colours, { note, group, y, cell });
  }
}

/** Drawn after the cells; in a narrow map only the remaining time, next to the group's number. */
function drawNote(
  context: CanvasRenderingContext2D,
  { shape, width }: LanesPicture,
  colours: Colours,
  { note: { consumer, remaining }, group, y, cell }: LanePlace & { readonly note: LaneNote },
): void {
  context.fillStyle = colours.text;
  if (hasNotes(width)) {
    const x = LABEL_PX + messagesOfGroup(shape, group).count * cell + 8;
    context.fillText([consumer, remaining].filter(Boolean).join(' · '), x, y + LANE_PX / 2, width - x);
    return;
  }
  context.textAlign = 'right';
  context.fillText(remaining, LABEL_PX - 4, y + LANE_PX / 2, LABEL_PX / 2);
  context.textAlign = 'left';
}

interface LanePlace {
  readonly group: number;
  readonly y: number;
  readonly cell: number;
}

function drawLane(
  context: CanvasRenderingContext2D,
  { shape, lanes, byConsumer, cursor }: LanesPicture,
  colours: Colours,
  { group, y, cell }: LanePlace,
): void {
  const lane = lanes.get(group);
  const { count } = messagesOfGroup(shape, group);
  const gap = cell > 3 ? 1 : 0;
  for (let offset = 0; offset < count; offset++) {
    const state = lane?.states[offset] ?? '.';
    const by = byConsumer && (state === 's' || state === 'u') ? lane?.by?.[offset] : undefined;
    const x = LABEL_PX + offset * cell;
    context.fillStyle = by !== undefined && by >= 0 ? consumerColour(by) : stateColour(state, colours);
    context.fillRect(x, y + 1, cell - gap, LANE_PX - 2);
    if (state === 'u') {
      context.fillStyle = colours.flight;
      context.fillRect(x, y + 1 + (LANE_PX - 2) / 2, cell - gap, (LANE_PX - 2) / 2);
    }
    if (state === 'd') drawDeadMark(context, x, y + 1, cell - gap, colours.back);
  }
  if (cursor?.group !== group) return;
  context.strokeStyle = colours.cursor;
  context.lineWidth = 2;
  context.strokeRect(LABEL_PX + cursor.offset * cell - 1, y, Math.max(cell - gap, 3) + 2, LANE_PX);
}

/** Dead-lettered cells also have a dash, so that they differ not only by colour. */
function drawDeadMark(context: CanvasRenderingContext2D, x: number, y: number, size: number, colour: string): void {
  if (size < 5) return;
  context.fillStyle = colour;
  context.fillRect(x + 2, y + (LANE_PX - 2) / 2 - 1, size - 4, 2);
}

function stateColour(state: string, colours: Colours): string {
  if (state === 's' || state === 'u') return colours.stored;
  if (state === 'f') return colours.flight;
  return state === 'd' ? colours.dead : colours.none;
}

export const HEAT_PX = 9;
export const heatColumns = (width: number): number => Math.max(1, Math.floor(width / HEAT_PX));

/** Draws the heat map: a cell per bucket of groups, more opaque the more of its messages are stored. */
export function drawHeat(context: CanvasRenderingContext2D, heat: Heat, width: number, colours: Colours): void {
  const columns = heatColumns(width);
  const dead = new Set(heat.dead);
  context.clearRect(0, 0, width, Math.ceil(heat.percent.length / columns) * HEAT_PX);
  for (const [bucket, percent] of heat.percent.entries()) {
    const x = (bucket % columns) * HEAT_PX;
    const y = Math.floor(bucket / columns) * HEAT_PX;
    context.globalAlpha = 1;
    context.fillStyle = colours.none;
    context.fillRect(x, y, HEAT_PX - 1, HEAT_PX - 1);
    context.globalAlpha = dead.has(bucket) ? 1 : percent / 100;
    context.fillStyle = dead.has(bucket) ? colours.dead : colours.stored;
    context.fillRect(x, y, HEAT_PX - 1, HEAT_PX - 1);
  }
  context.globalAlpha = 1;
}
