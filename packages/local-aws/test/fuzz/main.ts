// Runs the fuzz from the command line, against this or another build of the embedded AWS.
//
//     npm run file -- packages/local-aws/test/fuzz/main.ts [--seed 7] [--requests 20000] [--only 4711] [--services sqs,s3] [--index <path of an index.ts>]

import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { describeMatrix } from './matrix.ts';
import { fuzz } from './run.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    requests: { type: 'string', default: '20000' },
    only: { type: 'string' },
    services: { type: 'string' },
    index: { type: 'string', default: fileURLToPath(new URL('../../src/index.ts', import.meta.url)) },
  },
});
const { matrix, faults, ...figures } = await fuzz({
  seed: Number(values.seed),
  requests: Number(values.requests),
  index: values.index,
  ...(values.services !== undefined && { services: values.services.split(',') }),
  ...(values.only !== undefined && { only: Number(values.only) }),
  note: (line) => console.error(line.slice(0, 300)),
});
console.log(describeMatrix(matrix));
console.log(figures);
for (const fault of faults.slice(0, 20)) console.log(fault.slice(0, 1500));
console.log(`${faults.length} faults`);
process.exitCode = faults.length > 0 || figures.restarts > 0 ? 1 : 0;
