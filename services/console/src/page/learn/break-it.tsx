// Runs a lesson twice, side by side: with the code unchanged, and with one rule of the protocol broken.
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useState } from 'react';
import type { ComparedRun, RunName, ShownLesson } from '../../learn-api.ts';
import { Section } from '../layout.tsx';
import { measuredText } from './outcome.tsx';
import { RunPanel } from './run-panel.tsx';
import { type RunNow, useRun } from './use-run.ts';

export function BreakIt({ lesson, rule }: { lesson: number; rule: NonNullable<ShownLesson['broken']> }) {
  const { run, start } = useRun(lesson);
  return (
    <SpaceBetween size="m">
      <Section title="Break it" gap="s">
        <Box>{rule.about}</Box>
        <Box color="text-body-secondary">
          {`It is the real code with the sabotage “${rule.sabotage}”, which the simulation must catch too.`}
        </Box>
        <Button loading={run?.state === 'running'} onClick={() => void start('broken')}>
          {run === null ? 'Run it with the rule broken' : 'Run both again'}
        </Button>
        {run?.state === 'failed' && <Alert type="error">{run.error}</Alert>}
      </Section>
      {run !== null && (
        <div className="both-runs">
          <OneOfBothRuns key={`kept ${run.id}`} title="With the code unchanged" name="kept" run={run} />
          <OneOfBothRuns key={`broken ${run.id}`} title="With the rule broken" name="broken" run={run} />
        </div>
      )}
    </SpaceBetween>
  );
}

function OneOfBothRuns({ title, name, run }: { title: string; name: Exclude<RunName, 'lesson'>; run: RunNow }) {
  const [isWatched, setWatched] = useState(false);
  const result = run.comparison?.[name];
  return (
    <div data-testid={name}>
      <RunPanel title={title} run={run} name={name} onEnd={() => setWatched(true)}>
        {isWatched && result !== undefined && <Verdict result={result} />}
      </RunPanel>
    </div>
  );
}

const Verdict = ({ result: { holds, measured } }: { result: ComparedRun }) => (
  <div role="status">
    <StatusIndicator type={holds ? 'success' : 'error'}>
      {holds ? 'The promise holds.' : 'The promise is broken.'}
    </StatusIndicator>
    <Box>{`Measured: ${measuredText(measured)}`}</Box>
  </div>
);
