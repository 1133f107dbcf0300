// Creates the templates of both stacks. It uses neither the network nor an AWS account.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { createDataStack } from './data-stack.ts';
import { definitionsOf } from './definitions.ts';
import { formatJson } from './json.ts';
import { createServicesStack } from './services-stack.ts';

/**
 * Returns the text of each template by its file name, e.g. `data.json`. The environment sets the names of queues, table
 * and bucket (MOVIE_LOAD_QUEUE and so on).
 * @throws if CloudFormation Validate has a finding that is not acknowledged
 */
export function synthesize(env: Readonly<Record<string, string | undefined>>): ReadonlyMap<string, string> {
  const outdir = mkdtempSync(join(tmpdir(), 'movie-load-infra-'));
  try {
    const app = new App({
      outdir,
      analyticsReporting: false,
      treeMetadata: false,
      // CloudFormation Validate, which is a part of the CDK: any finding ends the synthesis with an error.
      context: { '@aws-cdk/core:validateAgainstDefaultRules': true },
    });
    const definitions = definitionsOf(env);
    const stacks = { data: createDataStack(app, definitions), services: createServicesStack(app, definitions) };
    const assembly = app.synth();
    return new Map(
      Object.entries(stacks).map(([name, stack]) => {
        const { template } = assembly.getStackArtifact(stack.artifactId);
        return [`${name}.json`, formatJson(template)];
      }),
    );
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
