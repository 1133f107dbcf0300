// The drawing of the pipeline: boxes with what is in them now, arrows that can be chosen.
import type { KeyboardEvent } from 'react';
import type { Overview } from '../../api.ts';
import { count, counted } from '../format.ts';
import { callsOf, STEPS, type Step, total } from './flow-steps.ts';

interface Box {
  readonly name: string;
  readonly kind: string;
  readonly x: number;
  readonly y: number;
  readonly wide: number;
  readonly now: string;
}

const HIGH = 80;

const number = (n: number | undefined): string => (n === undefined ? '–' : count(n));

function boxes(overview: Overview): readonly Box[] {
  const working = overview.consumers.filter(({ state }) => state === 'working').length;
  const stored = overview.consumers.reduce((sum, { stored_movies }) => sum + stored_movies, 0);
  return [
    { name: 'Producer', kind: 'generates and sends', x: 20, y: 160, wide: 150, now: '' },
    { name: 'Queue', kind: 'SQS FIFO', x: 260, y: 160, wide: 170, now: `${number(overview.queue?.waiting)} waiting` },
    {
      name: 'Consumers',
      kind: `${number(overview.queue?.in_flight)} in flight`,
      x: 530,
      y: 160,
      wide: 160,
      now: `${working} working`,
    },
    { name: 'DynamoDB', kind: 'slices and ledgers', x: 790, y: 60, wide: 150, now: `${count(stored)} movies written` },
    { name: 'S3', kind: 'one object a job', x: 790, y: 280, wide: 150, now: '' },
    {
      name: 'Dead-letter queue',
      kind: 'SQS FIFO',
      x: 260,
      y: 320,
      wide: 170,
      now: overview.dlq ? counted(overview.dlq.waiting + overview.dlq.in_flight, 'message') : '–',
    },
  ];
}

interface FlowProps {
  readonly overview: Overview;
  readonly chosen: string;
  readonly onChoose: (id: string) => void;
}

export function FlowDrawing({ overview, chosen, onChoose }: FlowProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls on narrow screens, so the keyboard must reach it
    <section className="flow-scroll" tabIndex={0} aria-label="The pipeline">
      <svg className="flow" viewBox="0 44 960 372" data-testid="flow">
        <title>Producer, queue, consumers, DynamoDB, S3 and dead-letter queue, with the steps between them</title>
        {boxes(overview).map((box) => (
          <g key={box.name}>
            <rect x={box.x} y={box.y} width={box.wide} height={HIGH} rx={8} />
            <text className="strong" x={box.x + box.wide / 2} y={box.y + 26} textAnchor="middle">
              {box.name}
            </text>
            <text className="small" x={box.x + box.wide / 2} y={box.y + 45} textAnchor="middle">
              {box.kind}
            </text>
            <text className="small" x={box.x + box.wide / 2} y={box.y + 64} textAnchor="middle">
              {box.now}
            </text>
          </g>
        ))}
        {STEPS.map((step) => (
          <Arrow key={step.id} step={step} overview={overview} chosen={chosen === step.id} onChoose={onChoose} />
        ))}
      </svg>
    </section>
  );
}

interface ArrowProps {
  readonly step: Step;
  readonly overview: Overview;
  readonly chosen: boolean;
  readonly onChoose: (id: string) => void;
}

function Arrow({ step, overview, chosen, onChoose }: ArrowProps) {
  const rows = callsOf(step, overview, undefined);
  const [x, y] = step.label;
  const key = (event: KeyboardEvent) => {
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
      onKeyDown={key}
      data-testid={`arrow-${step.id}`}
    >
      <path className="hit" d={step.path} />
      <path className="line" d={step.path} />
      <Tip step={step} />
      <text className="small strong" x={x} y={y} textAnchor="middle">
        {step.title}
      </text>
      <text className="small" x={x} y={y + 14} textAnchor="middle">
        {rows === null ? '' : `${count(total(rows))} calls`}
      </text>
    </g>
  );
}

/** The arrow's head, at the end of its way. */
function Tip({ step: { path } }: { step: Step }) {
  const { x, y, turn } = endOf(path);
  return <path className="tip" d="M0,-6 L11,0 L0,6 Z" transform={`translate(${x},${y}) rotate(${turn})`} />;
}

/** Where a way ends and where it points to: its last command says so. */
function endOf(path: string): { x: number; y: number; turn: number } {
  const [startX = 0, startY = 0] = numbersOf(path.slice(1, path.indexOf(' ')));
  const last = path.slice(path.lastIndexOf(' ') + 1);
  if (last.startsWith('H')) {
    const x = Number(last.slice(1));
    return { x, y: startY, turn: x > startX ? 0 : 180 };
  }
  if (last.startsWith('V')) {
    const y = Number(last.slice(1));
    return { x: startX, y, turn: y > startY ? 90 : -90 };
  }
  const [x = 0, y = 0] = numbersOf(last);
  return { x, y, turn: x > startX ? 0 : 180 };
}

const numbersOf = (text: string): number[] => text.split(',').map(Number);
