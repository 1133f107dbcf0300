// A change made by a button: one at a time, with its error next to the button.
import { useState } from 'react';
import { RequestError } from './client.ts';

export function useAction() {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const act = async (work: () => Promise<unknown>): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await work();
    } catch (failure) {
      setError(failure instanceof RequestError ? failure.message : 'That did not work. Try again.');
    } finally {
      setBusy(false);
    }
  };
  return { act, busy, error };
}
