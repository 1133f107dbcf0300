// The form that starts a job, with its plan and AWS's list price before anything is sent.
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Form from '@cloudscape-design/components/form';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useEffect, useState } from 'react';
import type { PlanView, StartedJob, StartJob as StartJobBody } from '../../api.ts';
import { post } from '../client.ts';
import { ChoiceField, NumberField, PageForm, wholeNumber } from '../fields.tsx';
import { formatCount, formatDollars, formatNumber } from '../format.ts';
import { Section } from '../layout.tsx';
import { useLive } from '../live.ts';
import { navigate } from '../router.ts';
import { useAction } from '../use-action.ts';

const PACKINGS = [
  { value: '1', label: 'One movie a message', description: 'Easiest to watch' },
  { value: '10', label: '10 movies a message' },
  { value: 'auto', label: 'As many as fit into 64 KB', description: 'Cheapest and fastest' },
];
const MAX_MOVIES = 100_000_000;
/** Above this number of movies, the producer requires a confirmation. */
const MANY_MOVIES = 1_000_000;
const MAX_SEED = 2 ** 32 - 1;

/** The fields and the request that they describe: null when a field is invalid. */
function useForm() {
  const [movies, setMovies] = useState('1000');
  const [packing, setPacking] = useState('1');
  const [seed, setSeed] = useState('1');
  const [isConfirmed, setConfirmed] = useState(false);
  const moviesNumber = wholeNumber(movies, 1, MAX_MOVIES);
  const seedNumber = wholeNumber(seed, 0, MAX_SEED);
  const mustConfirm = moviesNumber !== null && moviesNumber > MANY_MOVIES;
  const body: StartJobBody | null =
    moviesNumber === null || seedNumber === null
      ? null
      : {
          movies: moviesNumber,
          movies_per_message: packing === 'auto' ? 'auto' : Number(packing),
          seed: seedNumber,
          ...(mustConfirm && { yes: isConfirmed }),
        };
  const fields = (
    <ColumnLayout columns={3} minColumnWidth={200}>
      <NumberField
        label="Movies"
        errorText={moviesNumber === null && 'A whole number from 1 to 100,000,000.'}
        constraintText="From 1 to 100,000,000."
        value={movies}
        onChange={setMovies}
      />
      <ChoiceField
        label="Packing"
        constraintText="Number of movies in one SQS message."
        options={PACKINGS}
        value={packing}
        onChange={setPacking}
      />
      <NumberField
        label="Seed"
        errorText={seedNumber === null && 'A whole number from 0 to 4,294,967,295.'}
        constraintText="The same seed gives the same movies."
        value={seed}
        onChange={setSeed}
      />
    </ColumnLayout>
  );
  return { body, fields, mustConfirm, isConfirmed, setConfirmed };
}

export default function StartJob() {
  const can = useLive((live) => live.overview?.can.start ?? true);
  const { body, fields, mustConfirm, isConfirmed, setConfirmed } = useForm();
  const plan = usePlan(body);
  const { act, busy, error } = useAction();
  const start = (job: StartJobBody) =>
    act(async () => {
      const { job_id } = await post<StartedJob>('/api/jobs', job);
      navigate(`/jobs/${job_id}`);
    });
  const submit = (
    <Button
      variant="primary"
      formAction="submit"
      loading={busy}
      disabled={body === null || !can || (mustConfirm && !isConfirmed)}
      disabledReason={
        can
          ? 'Correct the marked fields, and give the required confirmation.'
          : 'No producer is configured (PRODUCER_URL).'
      }
    >
      Start the job
    </Button>
  );
  return (
    <PageForm onSubmit={() => body && void start(body)}>
      <Form actions={submit}>
        <Section title="Start a job">
          {fields}
          {mustConfirm && (
            <Checkbox checked={isConfirmed} onChange={({ detail }) => setConfirmed(detail.checked)}>
              Yes, more than a million movies, which takes time, and costs money on AWS.
            </Checkbox>
          )}
          {plan && <Plan plan={plan} />}
          {error && <Alert type="error">{error}</Alert>}
        </Section>
      </Form>
    </PageForm>
  );
}

function Plan({ plan }: { plan: PlanView }) {
  const lines = plan.lines.map(({ what, count: n, usd }) => ({
    label: what,
    value: `${formatNumber(n)} · ${formatDollars(usd)}`,
  }));
  return (
    <ExpandableSection
      headerText={`${formatCount(plan.messages, 'message')} in ${formatCount(plan.groups, 'group')}; on AWS about ${formatDollars(plan.usd)}`}
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

/** The plan of the form's request, a moment after the last change. */
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
