// The clock of the embedded AWS: what time it is there, and buttons that move it forward.
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ClockView } from '@movie-load/operations/lab';
import { useState } from 'react';
import { post } from '../client.ts';
import { duration, instant } from '../format.ts';
import { useAction, wholeNumber } from './use-action.ts';
import { useOften } from './use-often.ts';

const MINUTE_MS = 60_000;
const MOST_MINUTES = 60 * 24 * 60;
const STEPS = [
  { minutes: 1, text: '1 minute' },
  { minutes: 5, text: '5 minutes: deduplication ends' },
  { minutes: 24 * 60, text: '1 day' },
];

export function ClockBox() {
  const { data, reload } = useOften<ClockView>('/api/lab/clock');
  const { act, busy, error } = useAction();
  const [text, setText] = useState('10');
  const minutes = wholeNumber(text, 1, MOST_MINUTES);
  const forward = (by: number) =>
    void act(async () => {
      await post('/api/lab/clock', { forward_ms: by * MINUTE_MS });
      reload();
    });
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="Visibility timeouts, deduplication and retention end without waiting. It goes forward only; a new start of up has this machine’s time again."
        >
          Clock
        </Header>
      }
    >
      <SpaceBetween size="m">
        <div data-testid="clock">
          <Box variant="awsui-key-label">Time at the embedded AWS</Box>
          <span className="big">{data === undefined ? '–' : instant(data.now)}</span>
          <Box>{data === undefined ? '' : aheadText(data.offset_ms)}</Box>
        </div>
        <SpaceBetween size="xs" direction="horizontal">
          {STEPS.map((step) => (
            <Button key={step.minutes} disabled={busy} onClick={() => forward(step.minutes)}>
              {`Forward ${step.text}`}
            </Button>
          ))}
        </SpaceBetween>
        <FormField
          label="Minutes"
          errorText={minutes === null && `A whole number from 1 to ${MOST_MINUTES}.`}
          secondaryControl={
            <Button disabled={busy || minutes === null} onClick={() => minutes !== null && forward(minutes)}>
              Forward
            </Button>
          }
        >
          <Input value={text} inputMode="numeric" onChange={({ detail }) => setText(detail.value)} />
        </FormField>
        {error !== null && <Alert type="error">{error}</Alert>}
      </SpaceBetween>
    </Container>
  );
}

const aheadText = (offsetMs: number): string =>
  offsetMs === 0 ? 'as on this machine' : `${duration(offsetMs)} ahead of this machine`;
