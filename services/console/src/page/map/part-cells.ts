// The parts of an object as cells of a strip. Pure.

/** With more parts than this, parts share cells. */
const MAX_CELLS = 200;
/** A cell whose parts are all written has the last shade. */
const SHADES = 4;

/** The shade of each cell: from 0, when none of its parts is written, to `SHADES`, when all are. */
export function shadesOf(states: string): number[] {
  const perCell = Math.ceil(states.length / MAX_CELLS);
  const cells: number[] = [];
  for (let first = 0; first < states.length; first += perCell) {
    const parts = states.slice(first, first + perCell);
    const written = [...parts].filter((state) => state === 's').length;
    cells.push(written === parts.length ? SHADES : Math.min(SHADES - 1, Math.ceil((SHADES * written) / parts.length)));
  }
  return cells;
}
