// Whether the window is as narrow as a phone's: tables become cards then, and the pipeline is drawn upright.
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
