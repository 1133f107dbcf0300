// The positions of messages' cells on the map, and the message under the pointer. Pure arithmetic.
import { type JobShape, messagesOfGroup } from '@movie-load/schema';

/** A cell: its lane (message group), and the message's offset in the group. */
export interface Cell {
  readonly group: number;
  readonly offset: number;
}

export const LANE_PX = 14;
export const LABEL_PX = 56;
const MAX_CELL_PX = 40;
/** Width beside the cells for a note: which consumer has messages of the group in flight, and for how long. */
const NOTE_PX = 150;
const MIN_WIDTH_WITH_NOTES_PX = 600;

export const hasNotes = (width: number): boolean => width >= MIN_WIDTH_WITH_NOTES_PX;

/** The width of a cell with which the longest lane fits. */
export function cellWidth(shape: JobShape, width: number): number {
  const longest = messagesOfGroup(shape, 0).count;
  const room = width - LABEL_PX - (hasNotes(width) ? NOTE_PX : 0);
  return Math.max(1, Math.min(MAX_CELL_PX, Math.floor(room / longest)));
}

/** The cell under a point of the map's whole height; undefined beside the cells. */
export function cellAt(shape: JobShape, width: number, x: number, y: number): Cell | undefined {
  const group = Math.floor(y / LANE_PX);
  const offset = Math.floor((x - LABEL_PX) / cellWidth(shape, width));
  if (group < 0 || group >= shape.groups || offset < 0) return undefined;
  return offset < messagesOfGroup(shape, group).count ? { group, offset } : undefined;
}

/** The cell that a key moves to; undefined for other keys. */
export function moveCell(shape: JobShape, { group, offset }: Cell, key: string, page: number): Cell | undefined {
  const nearestCell = (nextGroup: number, nextOffset: number): Cell => {
    const clampedGroup = Math.min(Math.max(nextGroup, 0), shape.groups - 1);
    const last = messagesOfGroup(shape, clampedGroup).count - 1;
    return { group: clampedGroup, offset: Math.min(Math.max(nextOffset, 0), last) };
  };
  switch (key) {
    case 'ArrowLeft':
      return nearestCell(group, offset - 1);
    case 'ArrowRight':
      return nearestCell(group, offset + 1);
    case 'ArrowUp':
      return nearestCell(group - 1, offset);
    case 'ArrowDown':
      return nearestCell(group + 1, offset);
    case 'PageUp':
      return nearestCell(group - page, offset);
    case 'PageDown':
      return nearestCell(group + page, offset);
    case 'Home':
      return nearestCell(group, 0);
    case 'End':
      return nearestCell(group, Number.MAX_SAFE_INTEGER);
    default:
      return undefined;
  }
}

/** Lanes to request: whole chunks around the visible ones, so that scrolling causes few requests. */
export function lanesInView(shape: JobShape, scrollTop: number, height: number): { first: number; count: number } {
  const chunk = 32;
  const first = Math.floor(scrollTop / LANE_PX / chunk) * chunk;
  const last = Math.ceil((scrollTop + height) / LANE_PX / chunk) * chunk;
  const from = Math.max(0, first - chunk);
  return { first: from, count: Math.max(1, Math.min(last + chunk, shape.groups) - from) };
}
