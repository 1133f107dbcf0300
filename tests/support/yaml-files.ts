// The YAML files of the repository, parsed.
import { parse } from 'yaml';
import { z } from 'zod';
import { readText } from './repository.ts';

const serviceSchema = z.looseObject({
  entrypoint: z.array(z.string()).default([]),
  environment: z.record(z.string(), z.union([z.string(), z.number()]).nullable()).default({}),
  user: z.string().optional(),
  volumes: z.array(z.string()).default([]),
  restart: z.string().optional(),
  pull_policy: z.string().optional(),
});
export type ComposeService = z.output<typeof serviceSchema>;

const read = (file: string): unknown => parse(readText(file), { merge: true });

export const composeServices = (): Readonly<Record<string, ComposeService>> =>
  z.object({ services: z.record(z.string(), serviceSchema) }).parse(read('docker-compose.yml')).services;

export const pnpmWorkspace = () =>
  z
    .looseObject({
      packages: z.array(z.string()),
      catalog: z.record(z.string(), z.string()),
      allowBuilds: z.record(z.string(), z.boolean()),
    })
    .parse(read('pnpm-workspace.yaml'));

/** The `packages` of a pnpm lockfile: an entry for each version of a dependency. */
export const lockedPackages = (file: string) =>
  z
    .object({ packages: z.record(z.string(), z.looseObject({ resolution: z.record(z.string(), z.string()) })) })
    .parse(read(file)).packages;
