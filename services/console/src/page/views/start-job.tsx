// The form that starts a job, with its plan and AWS's list price before anything is sent.
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useEffect, useState } from 'react';
import type { PlanView, StartedJob, StartJob as StartJobBody } from '../../api.ts';
import { post } from '../client.ts';
import { count, counted, dollars } from '../format.ts';
import { useLive } from '../live.ts';
import { navigate } from '../router.ts';

const PACKINGS = [
  { value: '1', label: 'One movie a message', description: 'Easiest to watch' },
  { value: '10', label: '10 movies a message' },
  { value: 'auto', label: 'As many as fit into 64 KB', description: 'Cheapest and fastest' },
];
const MAX_MOVIES = 100_000_000;
/** The producer wants to be told twice from here on. */
const MANY_MOVIES = 1_000_000;
const MAX_SEED = 2 ** 32 - 1;

const wholeNumber = (text: string, least: number, most: number): number | null => {
  const n = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
  return n >= least && n <= most ? n : null;
};

/** What the form holds, as text and checked. */
function useForm() {
  const [movies, setMovies] = useState('1000');
  const [packing, setPacking] = useState('1');
  const [seed, setSeed] = useState('1');
  const [sure, setSure] = useState(false);
  const moviesNumber = wholeNumber(movies, 1, MAX_MOVIES);
  const seedNumber = wholeNumber(seed, 0, MAX_SEED);
  const mustBeSure = moviesNumber !== null && moviesNumber > MANY_MOVIES;
  const body: StartJobBody | null =
    moviesNumber === null || seedNumber === null
      ? null
      : {
          movies: moviesNumber,
          movies_per_message: packing === 'auto' ? 'auto' : Number(packing),
          seed: seedNumber,
          ...(mustBeSure && { yes: sure }),
        };
  const fields: FieldsProps = {
    movies: { text: movies, set: setMovies, isWrong: moviesNumber === null },
    packing: { text: packing, set: setPacking, isWrong: false },
    seed: { text: seed, set: setSeed, isWrong: seedNumber === null },
  };
  return { body, fields, mustBeSure, sure, setSure };
}

export default function StartJob() {
  const can = useLive((live) => live.overview?.can.start ?? true);
  const { body, fields, mustBeSure, sure, setSure } = useForm();
  const plan = usePlan(body);
  const { start, busy, failure } = useStart();
  const submit = (
    <Button
      variant="primary"
      formAction="submit"
      loading={busy}
      disabled={body === null || !can || (mustBeSure && !sure)}
      disabledReason={
        can ? 'Correct what is marked, and confirm what is asked.' : 'No producer is configured (PRODUCER_URL).'
      }
    >
      Start the job
    </Button>
  );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (body) start(body);
      }}
    >
      <Form actions={submit}>
        <Container header={<Header variant="h2">Start a job</Header>}>
          <SpaceBetween size="m">
            <Fields {...fields} />
            {mustBeSure && (
              <Checkbox checked={sure} onChange={({ detail }) => setSure(detail.checked)}>
                Yes, more than a million movies: that takes a while, and money on AWS.
              </Checkbox>
            )}
            {plan && <Plan plan={plan} />}
            {failure && <Alert type="error">{failure}</Alert>}
          </SpaceBetween>
        </Container>
      </Form>
    </form>
  );
}

interface Field {
  readonly text: string;
  readonly set: (text: string) => void;
  readonly isWrong: boolean;
}

interface FieldsProps {
  readonly movies: Field;
  readonly packing: Field;
  readonly seed: Field;
}

function Fields({ movies, packing, seed }: FieldsProps) {
  return (
    <ColumnLayout columns={3} minColumnWidth={200}>
      <FormField
        label="Movies"
        errorText={movies.isWrong && 'A whole number from 1 to 100,000,000.'}
        constraintText="From 1 to 100,000,000."
      >
        <Input value={movies.text} inputMode="numeric" onChange={({ detail }) => movies.set(detail.value)} />
      </FormField>
      <FormField label="Packing" constraintText="How many movies one SQS message carries.">
        <Select
          selectedOption={PACKINGS.find(({ value }) => value === packing.text) ?? null}
          options={PACKINGS}
          onChange={({ detail }) => packing.set(detail.selectedOption.value ?? '1')}
        />
      </FormField>
      <FormField
        label="Seed"
        errorText={seed.isWrong && 'A whole number from 0 to 4,294,967,295.'}
        constraintText="The same seed gives the same movies."
      >
        <Input value={seed.text} inputMode="numeric" onChange={({ detail }) => seed.set(detail.value)} />
      </FormField>
    </ColumnLayout>
  );
}

function Plan({ plan }: { plan: PlanView }) {
  const lines = plan.lines.map(({ what, count: n, usd }) => ({
    label: what,
    value: `${count(n)} · ${dollars(usd)}`,
  }));
  return (
    <ExpandableSection
      headerText={`${counted(plan.messages, 'message')} in ${counted(plan.groups, 'group')}; on AWS about ${dollars(plan.usd)}`}
    >
      <SpaceBetween size="s">
        <KeyValuePairs columns={3} minColumnWidth={180} items={lines} />
        <Box color="text-body-secondary" fontSize="body-s">
          {plan.prices_of}
        </Box>
      </SpaceBetween>
    </ExpandableSection>
  );
}

const TYPING_MS = 250;

/** The plan of what the form says, a moment after the last change. */
function usePlan(body: StartJobBody | null): PlanView | null {
  const [plan, setPlan] = useState<PlanView | null>(null);
  const key = body === null ? null : JSON.stringify(body);
  useEffect(() => {
    if (key === null) return setPlan(null);
    let current = true;
    const timer = setTimeout(() => {
      post<PlanView>('/api/plan', JSON.parse(key)).then(
        (read) => current && setPlan(read),
        () => current && setPlan(null),
      );
    }, TYPING_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [key]);
  return plan;
}

/** Starts a job and opens it. */
function useStart() {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const start = (body: StartJobBody) => {
    setBusy(true);
    setFailure(null);
    post<StartedJob>('/api/jobs', body)
      .then(
        ({ job_id }) => navigate(`/jobs/${job_id}`),
        (error: Error) => setFailure(error.message),
      )
      .finally(() => setBusy(false));
  };
  return { start, busy, failure };
}
