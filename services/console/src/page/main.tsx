// The page's entry point: styles, colours, and the application.
/// <reference types="vite/client" />
import '@cloudscape-design/global-styles/dark-mode-utils.css';
import './page.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { fixToolbar } from './quirks.ts';
import { reloadWhenPartsAreMissing } from './reload.ts';
import { applyTheme, savedTheme } from './theme.ts';

applyTheme(savedTheme());
fixToolbar();
reloadWhenPartsAreMissing();
const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
