// `npm run infra`: writes the templates of the stacks, and tests that those under version control are up to date.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readArgumentsOrEnd } from '../../packages/service/src/arguments.ts';
import { testInfra } from './test-infra.ts';

const HELP = `Templates of CloudFormation for AWS: queues, table and bucket (data), consumers on Fargate (services).

  npm run infra -- synth               writes infra/templates/
  npm run infra -- synth --out <dir>   … elsewhere; with MOVIE_LOAD_QUEUE, _DLQ, _TABLE, _BUCKET under other names
  npm run infra -- test                tests that infra/templates/ is what synth writes, and the types

The templates are under version control: deploying them needs the AWS CLI alone (docs/aws.md).
`;

const infra = resolve(import.meta.dirname, '..');
const [command, ...rest] = process.argv.slice(2);

if (command === 'synth') {
  const { out = join(infra, 'templates') } = readArgumentsOrEnd({
    help: HELP,
    args: rest,
    options: { out: { type: 'string' } },
  });
  // Loading the CDK takes a second: not for --help.
  const { synthesize } = await import('./app.ts');
  mkdirSync(out, { recursive: true });
  for (const [file, text] of synthesize(process.env)) {
    writeFileSync(join(out, file), text);
    process.stdout.write(`${join(out, file)}\n`);
  }
} else if (command === 'test') {
  readArgumentsOrEnd({ help: HELP, args: rest, options: {} });
  process.exitCode = await testInfra(infra);
} else {
  readArgumentsOrEnd({ help: HELP, args: command === undefined ? ['--help'] : [command, ...rest], options: {} });
}
