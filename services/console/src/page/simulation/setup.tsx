// The form of a run: the protocol, intact or broken on purpose, a seed, a size, and which faults.
import Button from '@cloudscape-design/components/button';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Form from '@cloudscape-design/components/form';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import type { Play, SimulationOffer } from '../../simulation-api.ts';
import { ChoiceField, NumberField, PageForm, wholeNumber } from '../fields.tsx';
import { Section } from '../layout.tsx';

const INTACT = { value: '', label: 'The unchanged protocol', description: 'No promise may be broken, whatever fails.' };
const FAULTS = [
  {
    value: 'all',
    label: 'The seed’s own',
    description: 'Crashes, lost responses, stalls and outages, chosen by the seed.',
  },
  { value: 'none', label: 'None but yours', description: 'Nothing fails until you make it fail.' },
] as const;
const MAX_SEED = 999_999_999;

/** Undefined when it is not a number from `min` to `max`; null when it is empty. */
const numberOrEmpty = (text: string, min: number, max: number): number | null | undefined =>
  text.trim() === '' ? null : (wholeNumber(text, min, max) ?? undefined);

export interface SetupProps {
  readonly offer: SimulationOffer;
  readonly isRunning: boolean;
  readonly onRun: (request: Play) => void;
  readonly onCancel: () => void;
}

export function Setup({ offer, isRunning, onRun, onCancel }: SetupProps) {
  const [sabotage, setSabotage] = useState('');
  const [seed, setSeed] = useState('1');
  const [movies, setMovies] = useState('');
  const [faults, setFaults] = useState<(typeof FAULTS)[number]['value']>('all');
  const sabotageOptions = (offer.sabotages ?? []).map(({ name, about, harmless }) => ({
    value: name,
    label: harmless ? `${name} (harmless)` : name,
    description: about,
  }));
  const options = [INTACT, ...sabotageOptions];
  const seedNumber = numberOrEmpty(seed, 0, MAX_SEED);
  const moviesNumber = numberOrEmpty(movies, 1, offer.most_movies);
  const isSeedWrong = seedNumber === undefined || (seedNumber === null && sabotage === '');
  const request: Play | null =
    isSeedWrong || moviesNumber === undefined
      ? null
      : { seed: seedNumber, movies: moviesNumber, sabotage: sabotage || null, faults, placed: [] };
  return (
    <Section title="What to run">
      <PageForm onSubmit={() => request && !isRunning && onRun(request)}>
        <Form actions={<Actions isRunning={isRunning} canRun={request !== null} onCancel={onCancel} />}>
          <ColumnLayout columns={2} minColumnWidth={220}>
            <ChoiceField
              label="Protocol"
              description={options.find(({ value }) => value === sabotage)?.description}
              options={options}
              value={sabotage}
              search="Find a sabotage"
              onChange={(name) => {
                setSabotage(name);
                // Harmless changes cannot be noticed by any seed.
                setSeed(offer.sabotages?.some((row) => row.name === name && !row.harmless) ? '' : '1');
              }}
            />
            <ChoiceField
              label="Faults"
              description={FAULTS.find(({ value }) => value === faults)?.description}
              options={FAULTS}
              value={faults}
              onChange={setFaults}
            />
            <NumberField
              label="Seed"
              description={
                sabotage === ''
                  ? 'The same seed gives the same run.'
                  : 'Empty: the first seed that notices the sabotage.'
              }
              errorText={isSeedWrong && `Enter a whole number up to ${MAX_SEED}.`}
              value={seed}
              onChange={setSeed}
            />
            <NumberField
              label="Movies"
              description="Empty: one or two small jobs, chosen by the seed."
              errorText={moviesNumber === undefined && `Enter a whole number from 1 to ${offer.most_movies}.`}
              value={movies}
              onChange={setMovies}
            />
          </ColumnLayout>
        </Form>
      </PageForm>
    </Section>
  );
}

function Actions({ isRunning, canRun, onCancel }: { isRunning: boolean; canRun: boolean; onCancel: () => void }) {
  return (
    <SpaceBetween direction="horizontal" size="xs">
      {isRunning && (
        <Button formAction="none" onClick={onCancel}>
          Cancel
        </Button>
      )}
      <Button variant="primary" loading={isRunning} disabled={!canRun}>
        Run
      </Button>
    </SpaceBetween>
  );
}
