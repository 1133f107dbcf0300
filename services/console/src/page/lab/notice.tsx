// A notice on every view that the clock is ahead or calls fail on purpose. Without it both would look like bugs.
import Alert from '@cloudscape-design/components/alert';
import type { ClockView } from '@movie-load/operations/lab';
import type { FaultsView, LabView } from '../../learn-api.ts';
import { useGet } from '../client.ts';
import { counted, duration } from '../format.ts';
import { PageLink } from '../parts.tsx';
import { useOften } from './use-often.ts';

const EVERY_MS = 5000;

export function LabNotice() {
  const { data } = useGet<LabView>('/api/lab');
  return data?.lab ? <Notice /> : null;
}

function Notice() {
  const { data: clock } = useOften<ClockView>('/api/lab/clock', EVERY_MS);
  const { data: faults } = useOften<FaultsView>('/api/lab/faults', EVERY_MS);
  const rules = faults?.rules.length ?? 0;
  const facts = [
    clock !== undefined && clock.offset_ms > 0 && `its clock is ${duration(clock.offset_ms)} ahead of this machine’s`,
    rules > 0 && `calls fail or are late by ${counted(rules, 'fault rule')}`,
  ].filter(Boolean);
  if (facts.length === 0) return null;
  return (
    <Alert type="info">
      {`The lab has changed this AWS: ${facts.join(', and ')}. `}
      <PageLink href="/lab">Lab</PageLink>
    </Alert>
  );
}
