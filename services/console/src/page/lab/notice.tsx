// Shows on every view that the lab has moved the clock or makes calls fail, because both would look like bugs.
import Alert from '@cloudscape-design/components/alert';
import type { ClockView } from '@movie-load/operations/lab';
import type { FaultsView, LabView } from '../../learn-api.ts';
import { useGet } from '../client.ts';
import { formatCount, formatDuration } from '../format.ts';
import { PageLink } from '../parts.tsx';
import { usePolling } from './use-polling.ts';

const POLL_EVERY_MS = 5000;

export function LabNotice() {
  const { data } = useGet<LabView>('/api/lab');
  return data?.lab ? <Notice /> : null;
}

function Notice() {
  const { data: clock } = usePolling<ClockView>('/api/lab/clock', POLL_EVERY_MS);
  const { data: faults } = usePolling<FaultsView>('/api/lab/faults', POLL_EVERY_MS);
  const rules = faults?.rules.length ?? 0;
  const changes = [
    clock !== undefined &&
      clock.offset_ms > 0 &&
      `its clock is ${formatDuration(clock.offset_ms)} ahead of this machine’s`,
    rules > 0 && `calls fail or are late by ${formatCount(rules, 'fault rule')}`,
  ].filter(Boolean);
  if (changes.length === 0) return null;
  return (
    <Alert type="info">
      {`The lab has changed this AWS: ${changes.join(', and ')}. `}
      <PageLink href="/lab">Lab</PageLink>
    </Alert>
  );
}
