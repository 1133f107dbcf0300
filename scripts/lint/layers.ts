// The layers: which packages each package may import. `tests/static/layers.test.ts` checks every source file. A package
// that package.json does not declare cannot be imported anyway, because pnpm links only declared ones.
import { readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { trackedFiles } from '../test/tracked-files.ts';

interface Layer {
  /** What it may import from the workspace: packages and their subpath exports, without `@movie-load/`. */
  readonly imports: readonly string[];
  /** What it may import with `import type` only, because it is missing at run time. */
  readonly types?: readonly string[];
  /** The packages of the AWS SDK that it may import; `all` for any. Default: none. */
  readonly sdk?: 'all' | readonly string[];
  /** For pure code: the modules of Node that it may import. Default: all. */
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
  // The row applies to the server and to the page, a package in src/page that the server builds and serves.
  'services/console': {
    imports: [...PRODUCT, ...OPERATIONS, 'service', 'service/arguments', 'service/metrics', 'tracing'],
    // The container image does not contain the simulation. The server runs it as a program, if it exists.
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

/** Matches imports and re-exports. Its groups: `type`, the specifier of a static import, that of a dynamic import. */
const IMPORT =
  /(?:^|\n)(?:import|export)(\s+type\b)?\s(?:[^'";=()]*?\bfrom\s)?\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/g;

/** Describes each import of a source file that the layers do not allow. `file` is relative to `root`. */
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
    return allowed ? undefined : `${folder} may not import ${specifier}; packages/aws has ports for AWS calls`;
  }
  const isPure = layer.node !== undefined && specifier.startsWith('node:');
  return isPure && !layer.node?.includes(specifier) ? `${folder} is pure; it may not import ${specifier}` : undefined;
}

/** The name of the command to which a file of the cli belongs; undefined if it is shared code. */
const commandOf = (file: string): string | undefined => /^packages\/cli\/src\/commands\/([\w-]+)/.exec(file)?.[1];

/** True if the import enters a command from outside. Only program.ts, the list of commands, may import one. */
function reachesIntoCommand(file: string, target: string): boolean {
  const command = commandOf(target);
  return command !== undefined && command !== commandOf(file) && file !== 'packages/cli/src/program.ts';
}

/** The violations of all source files of packages and services under `root`. */
export function allLayerViolations(root: string): string[] {
  return trackedFiles(root, 'packages/*/src/*.ts', 'services/*/src/*.ts', 'services/*/src/*.tsx').flatMap((file) =>
    layerViolations(root, file, readFileSync(join(root, file), 'utf8')),
  );
}
