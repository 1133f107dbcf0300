// Bundles the page. It is beside the page because Vite belongs to the page's dependencies, which the server does without.
import react from '@vitejs/plugin-react';
import { build } from 'vite';

/** Writes the bundle into the folder, and removes what else is there. Throws when Vite does. */
export async function bundlePage(folder: string): Promise<void> {
  await build({
    configFile: false,
    root: import.meta.dirname,
    base: '/',
    logLevel: 'warn',
    plugins: [react()],
    build: { outDir: folder, emptyOutDir: true, target: 'es2023', assetsInlineLimit: 0, chunkSizeWarningLimit: 2000 },
  });
}
