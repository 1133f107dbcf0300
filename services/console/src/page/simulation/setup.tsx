// What to run: the protocol as it is or broken on purpose, a seed, a size, and whose faults.
import Button from '@cloudscape-design/components/button';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import type { Play, SimulationOffer } from '../../simulation-api.ts';

const INTACT = { value: '', label: 'The protocol as it is', description: 'No promise may be broken, whatever fails.' };
const FAULTS = [
  {
    value: 'all',
    label: 'The seed’s own',
    description: 'Crashes, lost answers, stalls, outages, as the seed decides.',
  },
  { value: 'none', label: 'None but yours', description: 'Nothing fails until you make it fail.' },
];
const MAX_SEED = 999_999_999;

/** Undefined when it is not a number from `least` to `most`; null when it is empty. */
function wholeNumber(text: string, least: number, most: number): number | null | undefined {
  if (text.trim() === '') return null;
  const number = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
  return number >= least && number <= most ? number : undefined;
}

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
  const [faults, setFaults] = useState('all');
  const changes = (offer.sabotages ?? []).map(({ name, about, harmless }) => ({
    value: name,
    label: harmless ? `${name} (harmless)` : name,
    description: about,
  }));
  const options = [INTACT, ...changes];
  const seedNumber = wholeNumber(seed, 0, MAX_SEED);
  const moviesNumber = wholeNumber(movies, 1, offer.most_movies);
  const isSeedWrong = seedNumber === undefined || (seedNumber === null && sabotage === '');
  const request: Play | null =
    isSeedWrong || moviesNumber === undefined
      ? null
      : {
          seed: seedNumber,
          movies: moviesNumber,
          sabotage: sabotage === '' ? null : sabotage,
          faults: faults === 'none' ? 'none' : 'all',
          placed: [],
        };
  const chosen = options.find(({ value }) => value === sabotage) ?? INTACT;
  return (
    <Container header={<Header variant="h2">What to run</Header>}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (request && !isRunning) onRun(request);
        }}
      >
        <Form
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              {isRunning && (
                <Button formAction="none" onClick={onCancel}>
                  Cancel
                </Button>
              )}
              <Button variant="primary" loading={isRunning} disabled={request === null}>
                Run
              </Button>
            </SpaceBetween>
          }
        >
          <ColumnLayout columns={2} minColumnWidth={220}>
            <FormField label="Protocol" description={chosen.description}>
              <Select
                selectedOption={chosen}
                options={options}
                filteringType="auto"
                filteringAriaLabel="Find a sabotage"
                onChange={({ detail }) => {
                  const name = detail.selectedOption.value ?? '';
                  setSabotage(name);
                  // No seed notices what is harmless.
                  setSeed(offer.sabotages?.some((one) => one.name === name && !one.harmless) ? '' : '1');
                }}
              />
            </FormField>
            <FormField label="Faults" description={FAULTS.find(({ value }) => value === faults)?.description}>
              <Select
                selectedOption={FAULTS.find(({ value }) => value === faults) ?? null}
                options={FAULTS}
                onChange={({ detail }) => setFaults(detail.selectedOption.value ?? 'all')}
              />
            </FormField>
            <FormField
              label="Seed"
              description={
                sabotage === ''
                  ? 'The same seed gives the same run.'
                  : 'Empty: the first seed that notices the sabotage.'
              }
              errorText={isSeedWrong && `Enter a whole number up to ${MAX_SEED}.`}
            >
              <Input value={seed} inputMode="numeric" onChange={({ detail }) => setSeed(detail.value)} />
            </FormField>
            <FormField
              label="Movies"
              description="Empty: one or two small jobs, as the seed decides."
              errorText={moviesNumber === undefined && `Enter a whole number from 1 to ${offer.most_movies}.`}
            >
              <Input value={movies} inputMode="numeric" onChange={({ detail }) => setMovies(detail.value)} />
            </FormField>
          </ColumnLayout>
        </Form>
      </form>
    </Container>
  );
}
