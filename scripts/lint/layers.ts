// The allowed imports between packages: imports go one way, down this table. `tests/static/layers.test.ts` checks every
// source file. Packages that are not declared in package.json cannot be imported anyway, because pnpm links strictly.
import { readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { trackedFiles } from '../test/tracked-files.ts';

interface Layer {
  /** The workspace packages (and entries of theirs) that it may import, without `@movie-load/`. */
  readonly imports: readonly string[];
  /** Packages of which only types may be imported (`import type`): they are missing at run time. */
  readonly types?: readonly string[];
  /** May use the AWS SDK itself: `all` of it, or the modules named. */
  readonly sdk?: 'all' | readonly string[];
  /** Pure code: which modules of Node it may use; undefined for all of them. */
  readonly node?: readonly string[];
}

const DATA = ['schema', 'movies', 'aws'];
const PRODUCT = [...DATA, 'queue', 'queue/capacity', 'queue/request', 'jobs'];
const OPERATIONS = [
  'operations',
  'operations/aws-cli',
  'operations/control',
  'operations/format',
  'operations/lab',
  'operations/lessons',
];

export const LAYERS: Readonly<Record<string, Layer>> = {
  'packages/schema': { imports: [], node: [] },
  'packages/movies': { imports: ['schema'], node: ['node:crypto'] },
  'packages/aws': { imports: ['schema'], sdk: 'all' },
  'packages/local-aws': { imports: ['schema'] },
  'packages/queue': { imports: DATA },
  'packages/jobs': { imports: DATA },
  'packages/operations': { imports: PRODUCT },
  'packages/tracing': { imports: ['schema', 'aws'] },
  'packages/trace-export': { imports: ['tracing'] },
  'packages/service': { imports: [...DATA, 'tracing'] },
  'services/producer': { imports: [...DATA, 'queue', 'queue/request', 'service', 'service/metrics', 'tracing'] },
  'services/consumer': { imports: [...PRODUCT, 'service', 'service/metrics', 'tracing'], sdk: ['@aws-sdk/client-sqs'] },
  // Its page is a package inside it: the server builds and serves it, and both use the same schemas.
  'services/console': {
    imports: [...PRODUCT, ...OPERATIONS, 'service', 'service/arguments', 'service/metrics', 'tracing'],
    // The image has no simulation: its worker is a program that the server starts if it exists.
    types: ['simulation/recording'],
    sdk: ['@aws-sdk/client-sqs'],
  },
  'packages/cli': { imports: [...PRODUCT, ...OPERATIONS, 'local-aws', 'learn'], sdk: 'all' },
  'packages/testing': { imports: ['schema', 'aws', 'local-aws', 'tracing'], sdk: 'all' },
  'packages/learn': {
    imports: [...PRODUCT, 'operations/lessons', 'local-aws', 'consumer', 'simulation/sabotage'],
    sdk: 'all',
  },
  'packages/simulation': { imports: [...PRODUCT, 'local-aws', 'consumer', 'service/arguments'], sdk: 'all' },
  'packages/bench': {
    imports: [...PRODUCT, 'local-aws', 'service', 'service/arguments', 'service/peak-rss'],
    sdk: 'all',
  },
};

const IMPORT =
  /(?:^|\n)(?:import|export)(\s+type\b)?\s(?:[^'";=()]*?\bfrom\s)?\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/g;

/** The violations of one source file's imports, a sentence each. `file` is relative to `root`. */
export function layerViolations(root: string, file: string, source: string): string[] {
  const folder = file.split('/', 2).join('/');
  const layer = LAYERS[folder];
  if (layer === undefined) return [`${file}: ${folder} has no row in scripts/lint/layers.ts`];
  return [...source.matchAll(IMPORT)]
    .flatMap(([, type, from, dynamic]) => {
      const specifier = from ?? dynamic ?? '';
      return violation(root, { file, folder, layer, specifier, isType: type !== undefined }) ?? [];
    })
    .map((problem) => `${file}: ${problem}`);
}

interface Import {
  readonly file: string;
  readonly folder: string;
  readonly layer: Layer;
  readonly specifier: string;
  readonly isType: boolean;
}

function violation(root: string, { file, folder, layer, specifier, isType }: Import): string | undefined {
  const [, workspace] = /^@movie-load\/(.+)$/.exec(specifier) ?? [];
  if (workspace !== undefined) {
    if (layer.imports.includes(workspace) || (isType && layer.types?.includes(workspace))) return undefined;
    return `${folder} may not import ${layer.types?.includes(workspace) ? 'more than types of ' : ''}${workspace}`;
  }
  if (specifier.startsWith('.')) {
    const target = relative(root, resolve(root, file, '..', specifier));
    if (!target.startsWith(`${folder}/`)) return `imports ${target}, a file of another package`;
    return reachesIntoCommand(file, target) ? `imports ${target}, a part of a command` : undefined;
  }
  if (/^@(aws-sdk|smithy)\//.test(specifier)) {
    const allowed = layer.sdk === 'all' || layer.sdk?.includes(specifier) === true;
    return allowed ? undefined : `only packages/aws uses the AWS SDK; ${specifier} is not for ${folder}`;
  }
  const isPure = layer.node !== undefined && specifier.startsWith('node:');
  return isPure && !layer.node?.includes(specifier) ? `${folder} is pure; it may not import ${specifier}` : undefined;
}

/** The command to which a file of the cli belongs. */
const commandOf = (file: string): string | undefined => /^packages\/cli\/src\/commands\/([\w-]+)/.exec(file)?.[1];

/** Commands import neither each other nor are they imported by shared code: only the list of commands imports them. */
function reachesIntoCommand(file: string, target: string): boolean {
  const command = commandOf(target);
  return command !== undefined && command !== commandOf(file) && file !== 'packages/cli/src/program.ts';
}

/** The violations of all source files under `root`. */
export function allLayerViolations(root: string): string[] {
  return trackedFiles(root, 'packages/*/src/*.ts', 'services/*/src/*.ts', 'services/*/src/*.tsx').flatMap((file) =>
    layerViolations(root, file, readFileSync(join(root, file), 'utf8')),
  );
}
