// The live charts of the overview, over the last two minutes.
import ColumnLayout from '@cloudscape-design/components/column-layout';
import LineChart from '@cloudscape-design/components/line-chart';
import type { Sample } from '../../api.ts';
import { formatDuration, formatNumber, formatRate } from '../format.ts';
import { Section } from '../layout.tsx';
import { useLive } from '../live.ts';
import { Empty } from '../parts.tsx';

type Figure = Exclude<keyof Sample, 'at'>;
interface ChartDefinition {
  readonly title: string;
  readonly unit: string;
  readonly format: (n: number) => string;
  readonly series: readonly (readonly [title: string, figure: Figure])[];
}

const CHARTS: readonly ChartDefinition[] = [
  {
    title: 'Movies per second',
    unit: 'Movies',
    format: formatRate,
    series: [['Stored', 'movies_per_second']],
  },
  {
    title: 'Messages',
    unit: 'Messages',
    format: formatNumber,
    series: [
      ['Waiting', 'waiting'],
      ['In flight', 'in_flight'],
      ['Redelivered so far', 'redelivered'],
    ],
  },
  {
    title: 'From sent to stored',
    unit: 'Duration',
    format: formatDuration,
    series: [
      ['p50', 'p50_ms'],
      ['p99', 'p99_ms'],
    ],
  },
];

const MAX_SAMPLES = 120;
const timeFormat = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });

export default function Charts() {
  const history = useLive((live) => live.history).slice(-MAX_SAMPLES);
  return (
    <ColumnLayout columns={3} minColumnWidth={280}>
      {CHARTS.map((chart) => (
        <Section key={chart.title} title={chart.title}>
          <Chart chart={chart} history={history} />
        </Section>
      ))}
    </ColumnLayout>
  );
}

function Chart({ chart, history }: { chart: ChartDefinition; history: readonly Sample[] }) {
  const series = chart.series.map(([title, figure]) => ({
    title,
    type: 'line' as const,
    valueFormatter: chart.format,
    data: history.flatMap((sample) => {
      const y = sample[figure];
      return y === null ? [] : [{ x: new Date(sample.at), y }];
    }),
  }));
  /* The axis reaches at least 10: a smaller range would have fractions as ticks. */
  const top = Math.max(10, ...series.flatMap(({ data }) => data.map(({ y }) => y)));
  const from = new Date(history[0]?.at ?? 0);
  const to = new Date(history.at(-1)?.at ?? 1);
  return (
    <LineChart
      series={series}
      xScaleType="time"
      xDomain={[from, to]}
      yDomain={[0, top * 1.1]}
      height={160}
      hideFilter
      ariaLabel={`${chart.title}, the last two minutes`}
      xTitle="Time"
      yTitle={chart.unit}
      i18nStrings={{
        xTickFormatter: (at) => timeFormat.format(at),
        yTickFormatter: chart.format,
        chartAriaRoleDescription: 'line chart',
      }}
      empty={<Empty title="Nothing yet">Start a job: the first figures come within seconds.</Empty>}
    />
  );
}
