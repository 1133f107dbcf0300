// A program that starts LocalStack by the compose file and never removes it: the test kills it.
import { createStack } from './compose.ts';

const stack = await createStack('abandoned');
await stack.up('localstack');
console.log(stack.project);
setInterval(() => undefined, 60_000);
