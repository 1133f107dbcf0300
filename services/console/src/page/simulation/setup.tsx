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
type Faults = 'all' | 'none';
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
  const [faults, setFaults] = useState<Faults>('all');
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
      : { seed: seedNumber, movies: moviesNumber, sabotage: sabotage || null, faults, placed: [] };
  const chosen = options.find(({ value }) => value === sabotage) ?? INTACT;
  return (
    <Container header={<Header variant="h2">What to run</Header>}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (request && !isRunning) onRun(request);
        }}
      >
        <Form actions={<Actions isRunning={isRunning} canRun={request !== null} onCancel={onCancel} />}>
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
            <FaultsField value={faults} onChange={setFaults} />
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
              description="Empty: one or two small jobs, as the seed decides."
              errorText={moviesNumber === undefined && `Enter a whole number from 1 to ${offer.most_movies}.`}
              value={movies}
              onChange={setMovies}
            />
          </ColumnLayout>
        </Form>
      </form>
    </Container>
  );
}

interface ActionsProps {
  readonly isRunning: boolean;
  readonly canRun: boolean;
  readonly onCancel: () => void;
}

function Actions({ isRunning, canRun, onCancel }: ActionsProps) {
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

interface FaultsFieldProps {
  readonly value: Faults;
  readonly onChange: (faults: Faults) => void;
}

function FaultsField({ value, onChange }: FaultsFieldProps) {
  const chosen = FAULTS.find((one) => one.value === value);
  return (
    <FormField label="Faults" description={chosen?.description}>
      <Select
        selectedOption={chosen ?? null}
        options={FAULTS}
        onChange={({ detail }) => onChange(detail.selectedOption.value === 'none' ? 'none' : 'all')}
      />
    </FormField>
  );
}

interface NumberFieldProps {
  readonly label: string;
  readonly description: string;
  /** False when there is nothing to say. */
  readonly errorText: string | false;
  readonly value: string;
  readonly onChange: (text: string) => void;
}

function NumberField({ label, description, errorText, value, onChange }: NumberFieldProps) {
  return (
    <FormField label={label} description={description} errorText={errorText}>
      <Input value={value} inputMode="numeric" onChange={({ detail }) => onChange(detail.value)} />
    </FormField>
  );
}
