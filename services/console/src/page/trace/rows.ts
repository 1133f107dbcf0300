// The visible spans, and the positions of their bars.
import type { TraceSpan } from '../../api.ts';

export interface TraceRow {
  readonly span: TraceSpan;
  readonly depth: number;
  readonly childCount: number;
  readonly isOpen: boolean;
}

/** Spans by parent; a span without a parent, or whose parent did not arrive, is at the top. */
export function childrenOf(spans: readonly TraceSpan[]): ReadonlyMap<string | null, readonly TraceSpan[]> {
  const ids = new Set(spans.map(({ id }) => id));
  return Map.groupBy(spans, ({ parent }) => (parent !== null && ids.has(parent) ? parent : null));
}

/** The top spans and their children are always visible; deeper spans when their parent is open. */
export function rowsOf(
  children: ReadonlyMap<string | null, readonly TraceSpan[]>,
  open: ReadonlySet<string>,
  parent: string | null = null,
  depth = 0,
): TraceRow[] {
  return (children.get(parent) ?? []).flatMap((span) => {
    const isOpen = depth === 0 || open.has(span.id);
    const row = { span, depth, childCount: children.get(span.id)?.length ?? 0, isOpen };
    return isOpen ? [row, ...rowsOf(children, open, span.id, depth + 1)] : [row];
  });
}

/** The position and width of a span's bar, in CSS percentages of the job's time; a bar has a minimum width. */
export function barStyle({ start_ms, end_ms }: TraceSpan, from: number, to: number) {
  const totalMs = Math.max(1, to - from);
  const percent = (ms: number) => `${((100 * ms) / totalMs).toFixed(3)}%`;
  return { left: percent(start_ms - from), width: `max(2px, ${percent(end_ms - start_ms)})` };
}
