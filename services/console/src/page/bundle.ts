// Bundles the page. It is in the page's folder because Vite is a dependency of the page and not of the server.
import react from '@vitejs/plugin-react';
import { build } from 'vite';

/** Writes the bundle into the folder, and removes other files there. Throws when Vite does. */
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
