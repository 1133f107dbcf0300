// The page of the simulation: choose a run, step through it, and place faults in it.
import './simulation.css';
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { SimulationOffer } from '../../simulation-api.ts';
import { useGet } from '../client.ts';
import { ViewLayout } from '../layout.tsx';
import { Empty, Read } from '../parts.tsx';
import { type RecordedRun, useRuns } from './run.ts';
import { RunView } from './run-view.tsx';
import { Setup } from './setup.tsx';

export default function SimulationView() {
  const offered = useGet<SimulationOffer>('/api/simulation');
  return (
    <ViewLayout
      title="Simulation"
      description="The real code of producer and consumers in virtual time, on SQS, DynamoDB and S3 in memory. One seed decides everything that fails, and an oracle checks every effect."
    >
      <Read from={offered} what="what can be run">
        {(offer) => (offer.sabotages === null ? <NotInstalled /> : <Simulation offer={offer} />)}
      </Read>
    </ViewLayout>
  );
}

const NotInstalled = () => (
  <Container>
    <Empty title="The simulation is not installed here">
      It is part of the repository, and not of the container image. In a clone, npm run movie-load -- up shows it here,
      and npm run sim runs it on the command line.
    </Empty>
  </Container>
);

function Simulation({ offer }: { offer: SimulationOffer }) {
  const runs = useRuns();
  const { recordedRun, error, isRunning, run, cancel } = runs;
  return (
    <SpaceBetween size="l">
      <Setup offer={offer} isRunning={isRunning} onRun={run} onCancel={cancel} />
      {error && (
        <Alert type="error" header="It was not run">
          {error.message}
        </Alert>
      )}
      {recordedRun === null && !error && (
        <Box color="text-body-secondary">
          Run a seed, then move through it with the arrow keys. Or break a rule of the protocol, and see what the oracle
          says.
        </Box>
      )}
      {recordedRun && <RunView key={keyOf(recordedRun)} {...runs} recordedRun={recordedRun} />}
    </SpaceBetween>
  );
}

/** A different run starts at its beginning; the same run with other placed faults stays at its position. */
const keyOf = ({ request: { seed, sabotage, movies, faults } }: RecordedRun): string =>
  JSON.stringify([seed, sabotage, movies, faults]);
