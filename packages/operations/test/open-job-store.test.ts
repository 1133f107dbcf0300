import { expect, test } from '@jest/globals';
import type { AwsClients } from '@movie-load/aws';
import { openJobStore } from '../src/index.ts';

test('both ports of a tool’s store are wrapped as the caller says, e.g. to limit their calls', async () => {
  const sdkCalls: string[] = [];
  const sender = (service: string) => ({
    send: async (command: { readonly input: { readonly TableName?: string; readonly Bucket?: string } }) => {
      const { TableName, Bucket } = command.input;
      sdkCalls.push(`${service} ${command.constructor.name} ${TableName ?? Bucket}`);
      return {};
    },
  });
  const wrappedCalls: string[] = [];
  const store = openJobStore({
    clients: { dynamodb: sender('dynamodb'), s3: sender('s3') } as unknown as AwsClients,
    settings: { table: 'table', bucket: 'bucket' },
    instance: 'test',
    wrapPort: (port) =>
      new Proxy(port, {
        get(target, name) {
          const value: unknown = Reflect.get(target, name);
          if (typeof value !== 'function') return value;
          wrappedCalls.push(String(name));
          return value.bind(target);
        },
      }),
  });
  expect(await store.job('j')).toBeUndefined();
  expect(await store.objectBytes('j')).toBe(0);
  expect(wrappedCalls).toEqual(['get', 'size']);
  expect(sdkCalls).toEqual(['dynamodb GetItemCommand table', 's3 HeadObjectCommand bucket']);
});

test('both ports of a tool’s store retry transient failures', async () => {
  const calls: string[] = [];
  const failingOnce = (service: string) => ({
    send: async () => {
      calls.push(service);
      if (calls.filter((one) => one === service).length === 1) {
        throw Object.assign(new Error('slow down'), { name: 'ThrottlingException', $fault: 'client' });
      }
      return {};
    },
  });
  const clients = { dynamodb: failingOnce('dynamodb'), s3: failingOnce('s3') } as unknown as AwsClients;
  const store = openJobStore({ clients, settings: { table: 'table', bucket: 'bucket' }, instance: 'test' });
  expect(await store.job('j')).toBeUndefined();
  expect(await store.objectBytes('j')).toBe(0);
  expect(calls).toEqual(['dynamodb', 'dynamodb', 's3', 's3']);
});
