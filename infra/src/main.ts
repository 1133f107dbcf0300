// `npm run infra`: writes the templates of the stacks, or tests that those under version control are up to date.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readArgumentsOrExit } from '../../packages/service/src/arguments.ts';
import { testInfra } from './test-infra.ts';

const HELP = `Writes and tests the CloudFormation templates: data.json (queues, table and bucket) and services.json (consumers on
Fargate).

  npm run infra -- synth               writes both templates to infra/templates/
  npm run infra -- synth --out <dir>   writes them to <dir>
  npm run infra -- test                tests that infra/templates/ is what synth writes, the types of this
                                       package, and the manifests of Kubernetes against their schemas

The environment variables MOVIE_LOAD_QUEUE, MOVIE_LOAD_DLQ, MOVIE_LOAD_TABLE and MOVIE_LOAD_BUCKET change the names
of the resources that synth writes.

The templates are under version control: deploying them needs only the AWS CLI (docs/aws.md).
`;

const infraFolder = resolve(import.meta.dirname, '..');
const [command, ...rest] = process.argv.slice(2);

if (command === 'synth') {
  const { out = join(infraFolder, 'templates') } = readArgumentsOrExit({
    help: HELP,
    args: rest,
    options: { out: { type: 'string' } },
  });
  // Imported only here, because loading the CDK takes a second and --help does not need it.
  const { synthesize } = await import('./app.ts');
  mkdirSync(out, { recursive: true });
  for (const [file, text] of synthesize(process.env)) {
    writeFileSync(join(out, file), text);
    process.stdout.write(`${join(out, file)}\n`);
  }
} else if (command === 'test') {
  readArgumentsOrExit({ help: HELP, args: rest, options: {} });
  process.exitCode = await testInfra(infraFolder);
} else {
  readArgumentsOrExit({ help: HELP, args: command === undefined ? ['--help'] : [command, ...rest], options: {} });
}
