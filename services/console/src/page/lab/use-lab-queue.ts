// State of the queue that is used by hand: its counts, the received messages, and the calls on it.
import { awsCliLine, labQueueWords } from '@movie-load/operations/aws-cli';
import { useCallback, useEffect, useState } from 'react';
import type { LabQueueAnswer, LabQueueRequest } from '../../learn-api.ts';
import { post } from '../client.ts';
import { useLive } from '../live.ts';

export type HeldMessage = NonNullable<LabQueueAnswer['messages']>[number];

/** The account number of an emulator. */
const ACCOUNT = '000000000000';
/** SQS's limit of a visibility timeout in seconds. */
export const LONGEST_VISIBILITY = 43_200;
const STATUS_EVERY_MS = 2000;
const MOST_SHOWN = 50;

export function useLabQueue(name: string) {
  const [status, setStatus] = useState<NonNullable<LabQueueAnswer['status']> | null>(null);
  const [messages, setMessages] = useState<readonly HeldMessage[]>([]);
  const [refused, setRefused] = useState<string | null>(null);
  const [receivedNothing, setReceivedNothing] = useState(false);
  const endpoint = useLive(({ overview }) => overview?.where.endpoint) ?? 'http://127.0.0.1:4566';

  const readStatus = useCallback(async () => {
    const answer = await post<LabQueueAnswer>('/api/lab/queue', { action: 'status', queue: name }).catch(() => null);
    setStatus(answer?.status ?? null);
  }, [name]);
  useEffect(() => {
    void readStatus();
    const timer = setInterval(() => document.hidden || void readStatus(), STATUS_EVERY_MS);
    return () => clearInterval(timer);
  }, [readStatus]);

  const call = async (request: LabQueueRequest): Promise<void> => {
    const answer = await post<LabQueueAnswer>('/api/lab/queue', request);
    setRefused(answer.refused);
    const received = answer.messages ?? [];
    setReceivedNothing(request.action === 'receive' && received.length === 0);
    if (request.action === 'remove') setMessages([]);
    // A later delivery has another receipt handle; the earlier one stays in the list, so that its fate can be seen.
    else setMessages((before) => [...received, ...before].slice(0, MOST_SHOWN));
    await readStatus();
  };
  const drop = (message: HeldMessage) =>
    setMessages((before) => before.filter(({ receipt_handle }) => receipt_handle !== message.receipt_handle));
  const lineOf = (request: LabQueueRequest): string =>
    awsCliLine(endpoint, labQueueWords(request, `${endpoint}/${ACCOUNT}/${name}`));
  return { name, status, messages, refused, receivedNothing, call, drop, lineOf };
}

/** The properties of every part of the queue's box. */
export interface HandProps {
  readonly queue: ReturnType<typeof useLabQueue>;
  readonly busy: boolean;
  /** Makes a change, and shows its error. */
  readonly does: (work: () => Promise<unknown>) => void;
}
