import { expect, test } from '@jest/globals';
import type { AwsClients } from '@movie-load/aws';
import { openJobStore } from '../src/index.ts';

test('both ports of a tool’s store are limited, and each call of them', async () => {
  const asked: string[] = [];
  const sender = (service: string) => ({
    send: async (command: object) => {
      asked.push(`${service} ${command.constructor.name}`);
      return {};
    },
  });
  const limited: string[] = [];
  const store = openJobStore({
    clients: { dynamodb: sender('dynamodb'), s3: sender('s3') } as unknown as AwsClients,
    settings: { table: 'table', bucket: 'bucket' },
    instance: 'test',
    limit: (port) =>
      new Proxy(port, {
        get(target, name) {
          const value: unknown = Reflect.get(target, name);
          if (typeof value !== 'function') return value;
          limited.push(String(name));
          return value.bind(target);
        },
      }),
  });
  expect(await store.job('j')).toBeUndefined();
  expect(await store.objectBytes('j')).toBe(0);
  expect(limited).toEqual(['get', 'size']);
  expect(asked).toEqual(['dynamodb GetItemCommand', 's3 HeadObjectCommand']);
});
