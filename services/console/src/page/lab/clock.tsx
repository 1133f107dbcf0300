// The clock of the embedded AWS: what time it is there, and buttons that move it forward.
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ClockView } from '@movie-load/operations/lab';
import { useState } from 'react';
import { post } from '../client.ts';
import { NumberField, wholeNumber } from '../fields.tsx';
import { formatDuration, formatInstant } from '../format.ts';
import { Labelled, Section } from '../layout.tsx';
import { useAction } from '../use-action.ts';
import { usePolling } from './use-polling.ts';

const MINUTE_MS = 60_000;
const MAX_MINUTES = 60 * 24 * 60;
const STEPS = [
  { minutes: 1, text: '1 minute' },
  { minutes: 5, text: '5 minutes: deduplication ends' },
  { minutes: 24 * 60, text: '1 day' },
];

export function ClockBox() {
  const { data, reload } = usePolling<ClockView>('/api/lab/clock');
  const { act, busy, error } = useAction();
  const [text, setText] = useState('10');
  const minutes = wholeNumber(text, 1, MAX_MINUTES);
  const forward = (by: number) =>
    void act(async () => {
      await post('/api/lab/clock', { forward_ms: by * MINUTE_MS });
      reload();
    });
  return (
    <Section
      title="Clock"
      description="Visibility timeouts, deduplication and retention end without waiting. It only goes forward; after a restart of up it is this machine’s time again."
    >
      <div data-testid="clock">
        <Labelled label="Time at the embedded AWS">
          <span className="big">{data === undefined ? '–' : formatInstant(data.now)}</span>
          <Box>{data === undefined ? '' : aheadText(data.offset_ms)}</Box>
        </Labelled>
      </div>
      <SpaceBetween size="xs" direction="horizontal">
        {STEPS.map((step) => (
          <Button key={step.minutes} disabled={busy} onClick={() => forward(step.minutes)}>
            {`Forward ${step.text}`}
          </Button>
        ))}
      </SpaceBetween>
      <NumberField
        label="Minutes"
        errorText={minutes === null && `A whole number from 1 to ${MAX_MINUTES}.`}
        secondaryControl={
          <Button disabled={busy || minutes === null} onClick={() => minutes !== null && forward(minutes)}>
            Forward
          </Button>
        }
        value={text}
        onChange={setText}
      />
      {error !== null && <Alert type="error">{error}</Alert>}
    </Section>
  );
}

const aheadText = (offsetMs: number): string =>
  offsetMs === 0 ? 'as on this machine' : `${formatDuration(offsetMs)} ahead of this machine`;
