// The parts of a job's object as a strip that shows which parts are written.
import type { JobProgress } from '../../api.ts';
import { formatBytes, formatDuration, formatNumber } from '../format.ts';
import { shadesOf } from './part-cells.ts';

export function PartStrip({ progress: { job, part_states: states } }: { progress: JobProgress }) {
  const { object_parts: parts, object_parts_written: written, upload } = job;
  if (parts === 1) return null;
  const facts = [
    written === null
      ? `how many of ${formatNumber(parts)} parts are written is unknown`
      : `${formatNumber(written)} of ${formatNumber(parts)} parts are written`,
    upload?.bytes != null && formatBytes(upload.bytes),
    upload?.age_ms != null && `the upload began ${formatDuration(upload.age_ms)} ago`,
  ];
  const text = `Object: ${facts.filter(Boolean).join(', ')}.`;
  return (
    <div>
      <div>{text}</div>
      {states !== null && (
        <div className="parts" role="img" aria-label={text}>
          {shadesOf(states).map((shade, cell) => (
            <span key={cell} className={`part part-${shade}`} />
          ))}
        </div>
      )}
    </div>
  );
}
