// The counts of a run, and a chart of its watched values.
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import type { RunState, WatchedValue } from './run-state.ts';

/** With fewer changes, numbers are easier to read than a chart. */
const CHART_POINTS = 5;

export function Counts({ state: { counts, values } }: { state: RunState }) {
  const items = [
    ...counts.filter(({ count }) => count > 0).map(({ name, count }) => ({ label: name, value: String(count) })),
    ...values.map(({ name, points }) => ({ label: capitalize(name), value: String(points.at(-1)?.value ?? '–') })),
  ];
  const drawn = values.filter(({ points }) => points.length >= CHART_POINTS);
  return (
    <div data-testid="counts">
      {items.length > 0 && <KeyValuePairs columns={4} minColumnWidth={110} items={items} />}
      {drawn.length > 0 && <Chart values={drawn} />}
    </div>
  );
}

const capitalize = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const WIDTH = 400;
const HEIGHT = 110;
const LINES = 4;

/** The horizontal axis is the lesson's clock, or the number of the change if no time passes. */
function Chart({ values }: { values: readonly WatchedValue[] }) {
  const all = values.flatMap(({ points }) => points);
  const top = Math.max(1, ...all.map(({ value }) => value));
  const last = Math.max(...all.map(({ second }) => second));
  const first = Math.min(...all.map(({ second }) => second));
  const pathOf = ({ points }: WatchedValue): string =>
    points
      .map(({ second, value }, index) => {
        const share = last > first ? (second - first) / (last - first) : index / Math.max(1, points.length - 1);
        return `${(share * WIDTH).toFixed(1)},${(HEIGHT - (value / top) * HEIGHT).toFixed(1)}`;
      })
      .join(' ');
  const text = values.map(({ name, points }) => `${name} ${points.map(({ value }) => value).join(', ')}`).join('; ');
  return (
    <figure className="chart">
      <svg viewBox={`-4 -4 ${WIDTH + 8} ${HEIGHT + 8}`} role="img" aria-label={text}>
        <title>{values.map(({ name }) => name).join(', ')}</title>
        <path className="axis" d={`M0 0V${HEIGHT}H${WIDTH}`} />
        {values.map((value, index) => (
          <polyline key={value.name} className={`line line-${index % LINES}`} points={pathOf(value)} />
        ))}
      </svg>
      <figcaption>
        {values.map(({ name }, index) => (
          <span key={name} className="chart-name">
            <svg viewBox="0 0 24 8" aria-hidden="true">
              <path className={`line line-${index % LINES}`} d="M0 4H24" />
            </svg>
            {name}
          </span>
        ))}
        <span>{`(highest: ${top})`}</span>
      </figcaption>
    </figure>
  );
}
