// Whether the window is as narrow as a phone's, which turns tables into cards and the pipeline upright.
import { useSyncExternalStore } from 'react';

const narrow = window.matchMedia('(max-width: 699px)');

export function useNarrow(): boolean {
  return useSyncExternalStore(
    (changed) => {
      narrow.addEventListener('change', changed);
      return () => narrow.removeEventListener('change', changed);
    },
    () => narrow.matches,
  );
}
