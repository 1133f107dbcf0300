// Lab: faults on demand and the clock of the embedded AWS, and a queue that is driven by hand.
import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { LabView as Lab } from '../../learn-api.ts';
import { useGet } from '../client.ts';
import { Empty, Failed, Loading } from '../parts.tsx';
import { ClockBox } from './clock.tsx';
import { FaultsBox } from './faults.tsx';
import { QueueBox } from './queue.tsx';
import './lab.css';

export default function LabView() {
  const { data, error, reload } = useGet<Lab>('/api/lab');
  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          description="Let calls fail, move the clock, and be a consumer yourself. What happened to a message is shown where you open it: in the map of its job."
        >
          Lab
        </Header>
      }
    >
      {error && <Failed error={error} retry={reload} />}
      {data ? <Parts lab={data} /> : !error && <Loading what="the lab" />}
    </ContentLayout>
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
