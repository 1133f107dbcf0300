// The oracle's verdict on a run, and the shortest schedule that still breaks the promise.
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { ShortestSchedule } from '../../simulation-api.ts';
import { formatCount } from '../format.ts';
import { faultInWords } from './faults.ts';
import type { RecordedRun } from './run.ts';

export interface VerdictProps {
  readonly recordedRun: RecordedRun;
  /** Undefined until the search has ended; null if it found none. */
  readonly shortest: ShortestSchedule | null | undefined;
  readonly onShow: (recordedRun: RecordedRun) => void;
  /** Moves the view to the end of the recording, the moment at which the promise was broken. */
  readonly onGoToEnd: () => void;
}

export function VerdictView({ recordedRun, shortest, onShow, onGoToEnd }: VerdictProps) {
  const { verdict } = recordedRun.recording;
  if (verdict === null) {
    return (
      <Alert type="success" header="Every promise held">
        The oracle checked each effect, and that every job became COMPLETE once the faults had stopped.
      </Alert>
    );
  }
  return (
    <div data-testid="verdict">
      <Alert
        type="error"
        header={`A promise is broken: ${verdict.invariant}`}
        action={<Button onClick={onGoToEnd}>Go to the moment</Button>}
      >
        <SpaceBetween size="xs">
          <Box variant="strong">{verdict.sentence}</Box>
          <span className="clip">{verdict.detail}</span>
          <ShortestView recordedRun={recordedRun} shortest={shortest} onShow={onShow} />
        </SpaceBetween>
      </Alert>
    </div>
  );
}

function ShortestView({ recordedRun, shortest, onShow }: Omit<VerdictProps, 'onGoToEnd'>) {
  if (shortest === undefined)
    return <StatusIndicator type="loading">Looking for the shortest schedule that still breaks it</StatusIndicator>;
  if (shortest === null) return null;
  const { faults, of, runs, recording } = shortest;
  const isShown = recording === recordedRun.recording;
  const shown: RecordedRun = {
    recording,
    request: { ...recordedRun.request, faults: [...faults], placed: placedOf(recordedRun, faults) },
  };
  return (
    <div data-testid="shortest">
      <Box>
        {faults.length === 0
          ? 'It breaks without any fault'
          : `The shortest schedule that still breaks it: ${faults.length} of ${formatCount(of, 'fault')}`}
        {`, found in ${formatCount(runs, 'run')}.`}
      </Box>
      <ul className="sim-list">
        {faults.map((id) => (
          <li key={id}>{faultInWords(id, recording)}</li>
        ))}
      </ul>
      {!isShown && <Button onClick={() => onShow(shown)}>Step through the shortest</Button>}
    </div>
  );
}

/** The faults placed by a person that the schedule still contains. */
const placedOf = ({ request }: RecordedRun, faults: readonly string[]): string[] =>
  request.placed.filter((id) => faults.includes(id));
