// The shapes in the lanes, and what they mean.
import type { Mark } from './state.ts';

const CIRCLE = 'M-5,0 a5,5 0 1,0 10,0 a5,5 0 1,0 -10,0 Z';
/** Each mark has its own shape, so that it can be recognized without its colour. */
export const SHAPES: Readonly<Record<Mark, string>> = {
  sqs: CIRCLE,
  dynamodb: 'M-5,-5 H5 V5 H-5 Z',
  s3: 'M-5,-5 H5 L3,5 H-3 Z',
  fault: 'M1,-11 L-5,1 H-1 L-2,10 L5,-3 H1 L4,-11 Z',
  death: 'M-6,-4 L-4,-6 L0,-2 L4,-6 L6,-4 L2,0 L6,4 L4,6 L0,2 L-4,6 L-6,4 L-2,0 Z',
  start: 'M-4,-6 L6,0 L-4,6 Z',
  note: 'M-2,0 a2,2 0 1,0 4,0 a2,2 0 1,0 -4,0 Z',
  failure: 'M0,-6 L6,5 H-6 Z',
  verdict: 'M-8,-5 L-5,-8 L0,-3 L5,-8 L8,-5 L3,0 L8,5 L5,8 L0,3 L-5,8 L-8,5 L-3,0 Z',
};

const LEGEND: readonly (readonly [mark: Mark, text: string])[] = [
  ['sqs', 'SQS'],
  ['dynamodb', 'DynamoDB'],
  ['s3', 'S3'],
  ['fault', 'a fault strikes'],
  ['failure', 'a call fails'],
  ['death', 'the process dies'],
  ['start', 'a process starts'],
  ['note', 'a line of its log'],
];

export const MarkLegend = () => (
  <ul className="legend">
    {LEGEND.map(([mark, text]) => (
      <li key={mark}>
        <svg className={`sim-key sim-mark sim-mark-${mark}`} viewBox="-12 -12 24 24" aria-hidden="true">
          <path d={SHAPES[mark]} />
        </svg>{' '}
        {text}
      </li>
    ))}
  </ul>
);
