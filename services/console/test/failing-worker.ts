// A worker that fails by its seed: 1 never answers, 2 throws, 3 ends without a result. With another seed it succeeds.
import { parentPort, workerData } from 'node:worker_threads';

const { kind, request }: { readonly kind: string; readonly request?: { readonly seed: number } } = workerData;
if (kind === 'list') parentPort?.postMessage({ json: '[]' });
else if (request?.seed === 1) setInterval(() => {}, 1000);
else if (request?.seed === 2) throw new Error('a bug of the simulation');
else if (request?.seed === 3) process.exit(3);
else parentPort?.postMessage({ json: JSON.stringify({ seed: request?.seed }) });
