// The drawing of the pipeline: boxes with their current contents, and arrows that can be selected.
import type { KeyboardEvent } from 'react';
import type { Overview } from '../../api.ts';
import { formatCount, formatNumber } from '../format.ts';
import { useNarrow } from '../narrow.ts';
import { BOX_HEIGHT, type BoxName, type FlowLayout, HORIZONTAL, type StepId, VERTICAL } from './flow-layout.ts';
import { type CallRow, callsOf, type Planned, STEPS, type Step, totalCalls } from './flow-steps.ts';

interface Box {
  readonly id: BoxName;
  readonly name: string;
  /** The line below the name. */
  readonly subtitle: string;
  /** What it contains now. */
  readonly content: string;
}

const countOrDash = (n: number | undefined): string => (n === undefined ? '–' : formatNumber(n));

function boxesOf(overview: Overview, planned: Planned): readonly Box[] {
  const { queue, dlq, consumers, stored_movies: written, repeated_movies: repeated } = overview;
  const working = consumers.filter(({ state }) => state === 'working').length;
  const deadLetters = dlq ? formatCount(dlq.waiting + dlq.in_flight, 'message') : '–';
  const movies = formatCount(written - repeated, 'movie');
  return [
    {
      id: 'producer',
      name: 'Producer',
      subtitle: 'generates and sends',
      content: formatCount(planned.messages, 'message'),
    },
    { id: 'queue', name: 'Queue', subtitle: 'SQS FIFO', content: `${countOrDash(queue?.waiting)} waiting` },
    {
      id: 'consumers',
      name: 'Consumers',
      subtitle: `${countOrDash(queue?.in_flight)} in flight`,
      content: `${working} working`,
    },
    {
      id: 'dynamodb',
      name: 'DynamoDB',
      subtitle: 'slices and ledgers',
      content: repeated === 0 ? movies : `${movies}, ${formatNumber(repeated)} repeated`,
    },
    { id: 's3', name: 'S3', subtitle: 'one object a job', content: '' },
    { id: 'dlq', name: 'Dead-letter queue', subtitle: 'SQS FIFO', content: deadLetters },
  ];
}

interface FlowProps {
  readonly overview: Overview;
  readonly planned: Planned;
  readonly chosen: string;
  readonly onChoose: (id: string) => void;
}

export function FlowDrawing({ overview, planned, chosen, onChoose }: FlowProps) {
  const narrow = useNarrow();
  const layout = narrow ? VERTICAL : HORIZONTAL;
  return (
    <section aria-label="The pipeline">
      <svg className={narrow ? 'flow upright' : 'flow'} viewBox={layout.viewBox} data-testid="flow">
        <title>Producer, queue, consumers, DynamoDB, S3 and dead-letter queue, with the steps between them</title>
        {boxesOf(overview, planned).map((box) => (
          <BoxDrawing key={box.id} box={box} place={layout.boxes[box.id]} />
        ))}
        {STEPS.map((step) => (
          <Arrow
            key={step.id}
            step={step}
            place={layout.arrows[step.id]}
            calls={callsOf(step, { calls: overview.calls, planned })}
            chosen={chosen === step.id}
            onChoose={onChoose}
          />
        ))}
      </svg>
    </section>
  );
}

function BoxDrawing({
  box: { name, subtitle, content },
  place: { x, y, width },
}: {
  box: Box;
  place: FlowLayout['boxes'][BoxName];
}) {
  const middle = x + width / 2;
  return (
    <g>
      <rect x={x} y={y} width={width} height={BOX_HEIGHT} rx={8} />
      <text className="strong" x={middle} y={y + 26} textAnchor="middle">
        {name}
      </text>
      <text className="small" x={middle} y={y + 45} textAnchor="middle">
        {subtitle}
      </text>
      <text className="small" x={middle} y={y + 64} textAnchor="middle">
        {content}
      </text>
    </g>
  );
}

interface ArrowProps {
  readonly step: Step;
  readonly place: FlowLayout['arrows'][StepId];
  readonly calls: readonly CallRow[] | null;
  readonly chosen: boolean;
  readonly onChoose: (id: string) => void;
}

function Arrow({ step, place: { path, tip, label }, calls, chosen, onChoose }: ArrowProps) {
  const [x, y] = label;
  const [tipX, tipY, rotation] = tip;
  const keyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    onChoose(step.id);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: SVG has no button
    <g
      className="arrow"
      role="button"
      tabIndex={0}
      aria-pressed={chosen}
      onClick={() => onChoose(step.id)}
      onKeyDown={keyDown}
      data-testid={`arrow-${step.id}`}
    >
      <path className="hit" d={path} />
      <path className="line" d={path} />
      <path className="tip" d="M0,-6 L11,0 L0,6 Z" transform={`translate(${tipX},${tipY}) rotate(${rotation})`} />
      <text className="small strong" x={x} y={y} textAnchor="middle">
        {step.title}
      </text>
      <text className="small" x={x} y={y + 14} textAnchor="middle">
        {calls === null ? '' : `${formatNumber(totalCalls(calls))} calls`}
      </text>
    </g>
  );
}
