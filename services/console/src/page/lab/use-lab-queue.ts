// The state of the queue that the learner uses by hand: its counts, the received messages, and the calls to it.
import { awsCliLine, sqsArguments } from '@movie-load/operations/aws-cli';
import { useCallback, useEffect, useState } from 'react';
import type { LabQueueRequest, LabQueueResponse } from '../../learn-api.ts';
import { post } from '../client.ts';
import { useLive } from '../live.ts';

export type ReceivedMessage = NonNullable<LabQueueResponse['messages']>[number];

/** The account id that emulators have in their queue URLs. */
const ACCOUNT = '000000000000';
/** SQS's maximum of a visibility timeout in seconds: 12 hours. */
export const MAX_VISIBILITY = 43_200;
const STATUS_EVERY_MS = 2000;
const MAX_SHOWN = 50;

export function useLabQueue(name: string) {
  const [status, setStatus] = useState<NonNullable<LabQueueResponse['status']> | null>(null);
  const [messages, setMessages] = useState<readonly ReceivedMessage[]>([]);
  const [refused, setRefused] = useState<string | null>(null);
  const [receivedNothing, setReceivedNothing] = useState(false);
  const endpoint = useLive(({ overview }) => overview?.where.endpoint) ?? 'http://127.0.0.1:4566';

  const readStatus = useCallback(async () => {
    const answer = await post<LabQueueResponse>('/api/lab/queue', { action: 'status', queue: name }).catch(() => null);
    setStatus(answer?.status ?? null);
  }, [name]);
  useEffect(() => {
    void readStatus();
    const timer = setInterval(() => document.hidden || void readStatus(), STATUS_EVERY_MS);
    return () => clearInterval(timer);
  }, [readStatus]);

  const call = async (request: LabQueueRequest): Promise<void> => {
    const answer = await post<LabQueueResponse>('/api/lab/queue', request);
    setRefused(answer.refused);
    const received = answer.messages ?? [];
    setReceivedNothing(request.action === 'receive' && received.length === 0);
    if (request.action === 'remove') setMessages([]);
    // A later delivery has another receipt handle; the earlier one stays, so that the learner can try it.
    else setMessages((before) => [...received, ...before].slice(0, MAX_SHOWN));
    await readStatus();
  };
  const forget = (message: ReceivedMessage) =>
    setMessages((before) => before.filter(({ receipt_handle }) => receipt_handle !== message.receipt_handle));
  /** The line of the AWS CLI that makes the same call. */
  const lineOf = (request: LabQueueRequest): string =>
    awsCliLine(endpoint, sqsArguments(request, `${endpoint}/${ACCOUNT}/${name}`));
  return { name, status, messages, refused, receivedNothing, call, forget, lineOf };
}

/** The properties that every form of the queue has. */
export interface LabQueueProps {
  readonly queue: ReturnType<typeof useLabQueue>;
  readonly busy: boolean;
  /** Runs a call that a button makes, and shows its error. */
  readonly runAction: (work: () => Promise<unknown>) => void;
}
