// Light or dark mode: the system's, or the one chosen here, which is remembered.
import { applyMode, Mode } from '@cloudscape-design/global-styles';
import { useSyncExternalStore } from 'react';

export type Theme = 'system' | 'light' | 'dark';
const KEY = 'movie-load:theme';
const system = window.matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set<() => void>();

export function savedTheme(): Theme {
  const saved = window.localStorage.getItem(KEY);
  return saved === 'light' || saved === 'dark' ? saved : 'system';
}

const isDark = (theme = savedTheme()): boolean => (theme === 'system' ? system.matches : theme === 'dark');

export function applyTheme(theme: Theme): void {
  if (theme === 'system') window.localStorage.removeItem(KEY);
  else window.localStorage.setItem(KEY, theme);
  applyMode(isDark(theme) ? Mode.Dark : Mode.Light);
  document.documentElement.classList.toggle('dark', isDark(theme));
  for (const listener of listeners) listener();
}

system.addEventListener('change', () => applyTheme(savedTheme()));

/** Whether the page is in dark mode: a canvas must be redrawn when that changes. */
export function useDark(): boolean {
  return useSyncExternalStore(
    (changed) => {
      listeners.add(changed);
      return () => void listeners.delete(changed);
    },
    () => isDark(),
  );
}
