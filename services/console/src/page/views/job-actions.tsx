// Verify, resume and repair, like the commands of the same names, with their results.
import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import type { ActionResult, JobView } from '../../api.ts';
import { post } from '../client.ts';
import { Loading } from '../parts.tsx';
import { useRequest } from '../use-request.ts';

/** `reads`: what an action reads while it runs. */
const ACTIONS = {
  verify: {
    title: 'Verify',
    reads: 'every movie: plan, slices, ledgers and object are compared',
  },
  resume: {
    title: 'Resume',
    reads: 'the completion tree; missing messages are sent again',
  },
  repair: {
    title: 'Repair',
    reads: 'the slices to write the object again',
  },
} as const;
type Action = keyof typeof ACTIONS;

export function JobActions({ job, onChanged }: { job: JobView; onChanged: () => void }) {
  const [open, setOpen] = useState<Action | null>(null);
  const [isConfirming, setConfirming] = useState(false);
  const { response, error, send, reset } = useRequest<ActionResult>();
  const result = error ? { ok: false, summary: error.message, details: [] } : response;
  const run = (action: Action) => {
    setOpen(action);
    setConfirming(false);
    reset();
    send(() => post<ActionResult>(`/api/jobs/${job.job_id}/${action}`).finally(onChanged));
  };
  // The missing messages of a stalled job are not in the queue: they are sent at once. Those of other jobs may still be
  // in the queue, so the person is asked first.
  const resume = () => {
    if (job.state === 'stalled') return run('resume');
    reset();
    setOpen('resume');
    setConfirming(true);
  };
  return (
    <>
      <Buttons isComplete={job.state === 'COMPLETE'} run={run} resume={resume} />
      <Modal
        visible={open !== null}
        header={open && ACTIONS[open].title}
        onDismiss={() => setOpen(null)}
        footer={
          <SpaceBetween direction="horizontal" size="xs">
            <Button onClick={() => setOpen(null)}>{isConfirming ? 'Cancel' : 'Close'}</Button>
            {isConfirming && (
              <Button variant="primary" onClick={() => run('resume')}>
                Send again
              </Button>
            )}
          </SpaceBetween>
        }
      >
        {isConfirming && (
          <Alert type="info" header="This job has not stalled">
            The messages that are not stored yet may still be in the queue. Resume would send them once more: nothing is
            stored twice, but the calls cost money on AWS. A running consumer finishes the job without it.
          </Alert>
        )}
        {open && !isConfirming && !result && <Loading what={ACTIONS[open].reads} />}
        {result && <Outcome {...result} />}
      </Modal>
    </>
  );
}

interface ButtonsProps {
  readonly isComplete: boolean;
  readonly run: (action: Action) => void;
  readonly resume: () => void;
}

function Buttons({ isComplete, run, resume }: ButtonsProps) {
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <Button onClick={() => run('verify')}>Verify</Button>
      <Button onClick={resume} disabled={isComplete} disabledReason="The job is complete: nothing is missing.">
        Resume
      </Button>
      <Button
        onClick={() => run('repair')}
        disabled={!isComplete}
        disabledReason="The object is written when every movie is stored. Use Resume."
      >
        Repair
      </Button>
    </SpaceBetween>
  );
}

function Outcome({ ok, summary, details }: ActionResult) {
  return (
    <Alert type={ok ? 'success' : 'warning'} header={summary}>
      <ul>
        {details.map((detail) => (
          <li key={detail} className="clip">
            {detail}
          </li>
        ))}
      </ul>
    </Alert>
  );
}
