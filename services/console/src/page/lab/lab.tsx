// The view Lab: faults on demand, the clock of the embedded AWS, and a queue to use by hand.
import Container from '@cloudscape-design/components/container';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { LabView as Lab } from '../../learn-api.ts';
import { useGet } from '../client.ts';
import { ViewLayout } from '../layout.tsx';
import { Empty, Read } from '../parts.tsx';
import { ClockBox } from './clock.tsx';
import { FaultsBox } from './faults.tsx';
import { QueueBox } from './queue.tsx';
import './lab.css';

export default function LabView() {
  const read = useGet<Lab>('/api/lab');
  return (
    <ViewLayout
      title="Lab"
      description="Let calls fail, move the clock, and be a consumer yourself. The history of a message is shown with the message, in the map of its job."
    >
      <Read from={read} what="the lab">
        {(lab) => <Parts lab={lab} />}
      </Read>
    </ViewLayout>
  );
}

const Parts = ({ lab: { lab, queue, why } }: { lab: Lab }) => (
  <SpaceBetween size="l">
    {lab && <FaultsBox />}
    {lab && <ClockBox />}
    {why !== null && (
      <Container>
        <Empty title="There is no lab here">{why}</Empty>
      </Container>
    )}
    {queue && <QueueBox />}
  </SpaceBetween>
);
