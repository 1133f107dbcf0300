// The manifests of Kubernetes agree with the settings of the services and with the templates for Fargate, hardening
// included.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { root } from '../support/repository.ts';
import { deploy, readTemplate } from '../support/template.ts';
import { tasksOf } from './rules/containers.ts';

const folder = join(root, 'infra/kubernetes');
const documents = readdirSync(folder).flatMap((file) =>
  parseAllDocuments(readFileSync(join(folder, file), 'utf8'), { merge: true }).map((document) => ({
    file,
    json: z.looseObject({ kind: z.string() }).parse(document.toJS()),
  })),
);
const ofKind = <Schema extends z.ZodType>(kind: string, schema: Schema): z.output<Schema>[] =>
  documents.filter(({ json }) => json.kind === kind).map(({ json }) => schema.parse(json));

const probeSchema = z.object({ httpGet: z.object({ path: z.string(), port: z.string() }) });
const containerSchema = z.looseObject({
  name: z.string(),
  image: z.string(),
  command: z.array(z.string()),
  env: z.array(z.object({ name: z.string(), value: z.string() })),
  livenessProbe: probeSchema.optional(),
  securityContext: z.json(),
});
const podSchema = z.looseObject({
  serviceAccountName: z.string(),
  terminationGracePeriodSeconds: z.number().default(30),
  securityContext: z.json(),
  containers: z.array(containerSchema).length(1),
});
const workloadSchema = z.looseObject({
  spec: z.looseObject({ replicas: z.number().optional(), template: z.looseObject({ spec: podSchema }) }),
});
const workloads = [...ofKind('Deployment', workloadSchema), ...ofKind('Job', workloadSchema)];
const pods = workloads.flatMap(({ spec: { replicas, template } }) =>
  template.spec.containers.map((container) => ({
    name: container.name,
    replicas,
    pod: template.spec,
    container,
    environment: Object.fromEntries(container.env.map(({ name, value }) => [name, value])),
  })),
);
const kustomization = z
  .looseObject({
    resources: z.array(z.string()),
    images: z.array(z.object({ name: z.string() })),
    configMapGenerator: z.array(z.object({ name: z.string(), literals: z.array(z.string()) })).length(1),
  })
  .parse(documents.find(({ json }) => json.kind === 'Kustomization')?.json);
const common = Object.fromEntries(
  kustomization.configMapGenerator.flatMap(({ literals }) => literals.map((one) => one.split('=', 2))),
);
const tasks = tasksOf(deploy(readTemplate('services'), { Image: 'image' }));

test('the kustomization has every manifest but the job, which every apply would send again', () => {
  const files = new Set(documents.map(({ file }) => file));
  expect([...kustomization.resources].sort()).toEqual(
    [...files].filter((file) => !['kustomization.yaml', 'job.yaml'].includes(file)).sort(),
  );
  expect(pods.map(({ name }) => name).sort()).toEqual(['console', 'consumer', 'producer']);
});

describe.each(pods)('the pod of the $name', ({ name, pod, container, environment }) => {
  test('is hardened', () => {
    expect(pod.securityContext).toEqual({
      runAsNonRoot: true,
      runAsUser: 1000,
      runAsGroup: 1000,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(pod.serviceAccountName).toBe(name);
  });

  test('runs the same program with the same settings as on Fargate', () => {
    const task = tasks.find((one) => one.container.Name === name);
    // There is no template for a console on Fargate.
    if (task === undefined) return expect(name).toBe('console');
    expect(container.command).toEqual(task.container.EntryPoint);
    const values: Readonly<Record<string, string>> = { ...common, ...environment };
    // Only its own settings: a producer uses only the queue, and gets the number of movies.
    const taskSettings = Object.entries(task.environment).filter(([key]) => key in values);
    expect(taskSettings.map(([key]) => [key, values[key]])).toEqual(taskSettings);
    expect(taskSettings.length).toBeGreaterThan(2);
  });
});

test('the consumer has time to drain before it is killed, is probed at /livez, and leaves its replicas to KEDA', () => {
  const consumer = pods.find(({ name }) => name === 'consumer');
  const drain = Number(consumer?.environment.DRAIN_SECONDS);
  expect(drain + 5).toBeLessThanOrEqual(consumer?.pod.terminationGracePeriodSeconds ?? 0);
  expect(consumer?.container.livenessProbe?.httpGet.path).toBe('/livez');
  expect(consumer?.replicas).toBeUndefined();
});

test('no service is published', () => {
  const types = ofKind('Service', z.looseObject({ spec: z.looseObject({ type: z.string().optional() }) }));
  expect(types).not.toEqual([]);
  expect(types.map(({ spec }) => spec.type ?? 'ClusterIP')).toEqual(types.map(() => 'ClusterIP'));
  expect(documents.filter(({ json }) => ['Ingress', 'Gateway', 'HTTPRoute'].includes(json.kind))).toEqual([]);
  expect(pods.find(({ name }) => name === 'console')?.environment.HTTP_HOST).toBe('127.0.0.1');
});

const scaledSchema = z.looseObject({
  spec: z.looseObject({
    scaleTargetRef: z.object({ name: z.string() }),
    minReplicaCount: z.number(),
    maxReplicaCount: z.number(),
    advanced: z.looseObject({ scalingModifiers: z.object({ formula: z.string(), target: z.string() }).loose() }),
    triggers: z.array(
      z.object({ type: z.string(), name: z.string(), metadata: z.record(z.string(), z.string()) }).loose(),
    ),
  }),
});

test('KEDA scales the consumer by the queue and the numbers of the template, and its formula names its triggers', () => {
  const [scaled] = ofKind('ScaledObject', scaledSchema);
  if (scaled === undefined) throw new Error('there is no ScaledObject');
  const { scaleTargetRef, advanced, triggers, minReplicaCount, maxReplicaCount } = scaled.spec;
  expect(scaleTargetRef.name).toBe('consumer');
  const { MinConsumers, MaxConsumers } = readTemplate('services').Parameters;
  expect([minReplicaCount, maxReplicaCount]).toEqual([MinConsumers?.Default, MaxConsumers?.Default]);
  const { formula, target } = advanced.scalingModifiers;
  const words = formula.match(/[a-z]\w*/gi)?.filter((word) => word !== 'max');
  expect(new Set(words)).toEqual(new Set(triggers.map(({ name }) => name)));
  // The template has the same seconds per message and per byte, minimum bytes, and time to do the work in.
  const numbers = [...(formula.match(/\d[\d.]*/g) ?? []), target].map(Number);
  const inTemplate = JSON.stringify(readTemplate('services').Resources.WorkWaits)
    .match(/\d[\d.]*/g)
    ?.map(Number);
  expect(numbers).toHaveLength(4);
  expect(numbers.filter((number) => !inTemplate?.includes(number))).toEqual([]);
  const [messages, size] = triggers;
  expect(messages?.metadata.queueURL?.endsWith(`/${common.MOVIE_LOAD_QUEUE}`)).toBe(true);
  expect(messages?.metadata.scaleOnInFlight).toBe('true');
  expect(size?.metadata.dimensionValue).toBe(common.MOVIE_LOAD_QUEUE);
});
