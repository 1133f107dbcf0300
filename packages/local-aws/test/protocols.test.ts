// SQS over HTTP in its JSON protocol and its Query protocol (status codes, headers, error names), and the endpoints for
// inspection.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type LocalAws, startLocalAws } from '../src/index.ts';
import { call, exchange, get, query, SIGNED } from './support/server.ts';

let aws: LocalAws;
beforeAll(async () => {
  aws = await startLocalAws();
});
afterAll(() => aws.close());

describe('SQS in the JSON protocol:', () => {
  test.each([
    [
      'GetQueueUrl',
      { QueueName: 'nowhere' },
      400,
      'com.amazonaws.sqs#QueueDoesNotExist',
      'AWS.SimpleQueueService.NonExistentQueue;Sender',
    ],
    [
      'CreateQueue',
      { QueueName: 'a b' },
      400,
      'com.amazon.coral.service#InvalidParameterValueException',
      'InvalidParameterValue;Sender',
    ],
    [
      'SendMessage',
      { QueueUrl: '', MessageBody: 'x' },
      400,
      'com.amazonaws.sqs#QueueDoesNotExist',
      'AWS.SimpleQueueService.NonExistentQueue;Sender',
    ],
    ['Dance', {}, 400, 'com.amazon.coral.service#UnknownOperationException', 'InvalidAction;Sender'],
    ['ListQueues', '[]', 400, 'com.amazon.coral.service#SerializationException', 'MalformedInput;Sender'],
    ['ListQueues', '{', 400, 'com.amazon.coral.service#SerializationException', 'MalformedInput;Sender'],
    [
      'ListQueues',
      { MaxResults: 'many' },
      400,
      'com.amazon.coral.service#SerializationException',
      'MalformedInput;Sender',
    ],
  ])('%s %j fails with status %i', async (operation, body, status, type, queryError) => {
    const answer = await call(aws, `AmazonSQS.${operation}`, body);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body)).toMatchObject({ __type: type, message: expect.any(String) });
    expect(answer.headers.get('x-amzn-query-error')).toBe(queryError);
    expect(answer.headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('a wrong receipt handle has status 404, and an early purge status 403', async () => {
    const { body } = await call(aws, 'AmazonSQS.CreateQueue', { QueueName: 'statuses' });
    const { QueueUrl } = JSON.parse(body) as { QueueUrl: string };
    expect((await call(aws, 'AmazonSQS.DeleteMessage', { QueueUrl, ReceiptHandle: 'x' })).status).toBe(404);
    expect((await call(aws, 'AmazonSQS.PurgeQueue', { QueueUrl })).status).toBe(200);
    expect((await call(aws, 'AmazonSQS.PurgeQueue', { QueueUrl })).status).toBe(403);
  });

  test('queue URLs begin with the host that the client called', async () => {
    const created = async (host: string) => {
      const body = JSON.stringify({ QueueName: 'hosts' });
      const signed = `host: ${host}\r\nauthorization: ${SIGNED.authorization}\r\nx-amz-target: AmazonSQS.CreateQueue`;
      const head = `POST / HTTP/1.1\r\n${signed}\r\nconnection: close\r\ncontent-length: ${body.length}`;
      return JSON.parse((await exchange(aws, `${head}\r\n\r\n${body}`)).split('\r\n\r\n')[1] ?? '');
    };
    for (const host of ['localhost:4566', `127.0.0.1:${aws.port}`]) {
      expect(await created(host)).toEqual({ QueueUrl: `http://${host}/000000000000/hosts` });
    }
  });
});

describe('SQS in the Query protocol', () => {
  test('reads numbered parameters, and preserves <, >, &, quotes and line ends in the XML of an answer', async () => {
    const created = await query(aws, {
      Action: 'CreateQueue',
      QueueName: 'q.fifo',
      'Attribute.1.Name': 'FifoQueue',
      'Attribute.1.Value': 'true',
      'Tag.1.Key': 'team',
      'Tag.1.Value': 'films',
    });
    const url = `${aws.endpoint}/000000000000/q.fifo`;
    expect(created.body).toContain(`<CreateQueueResult><QueueUrl>${url}</QueueUrl></CreateQueueResult>`);
    expect(created.headers.get('content-type')).toBe('text/xml');
    await query(aws, {
      Action: 'SendMessage',
      QueueUrl: url,
      MessageBody: '<a> & "b"\r\n',
      MessageGroupId: 'g',
      MessageDeduplicationId: 'd',
      'MessageAttribute.1.Name': 'n',
      'MessageAttribute.1.Value.DataType': 'Number',
      'MessageAttribute.1.Value.StringValue': '1',
    });
    expect((await query(aws, { Action: 'ListQueueTags', QueueUrl: url })).body).toContain(
      '<ListQueueTagsResult><Tag><Key>team</Key><Value>films</Value></Tag></ListQueueTagsResult>',
    );
    // Without `QueueUrl`, as very old clients send it.
    const received = await query(
      aws,
      { Action: 'ReceiveMessage', 'AttributeName.1': 'MessageGroupId', 'MessageAttributeName.1': 'All' },
      '/000000000000/q.fifo',
    );
    expect(received.body).toContain('<Body>&lt;a&gt; &amp; &quot;b&quot;&#xD;\n</Body>');
    expect(received.body).toContain('<Attribute><Name>MessageGroupId</Name><Value>g</Value></Attribute>');
    expect(received.body).toContain(
      '<MessageAttribute><Name>n</Name><Value><DataType>Number</DataType><StringValue>1</StringValue></Value></MessageAttribute>',
    );
  });

  test('reports the type and code of an error', async () => {
    const answer = await get(aws, '/?Action=GetQueueUrl&QueueName=nowhere');
    expect(answer.status).toBe(400);
    expect(answer.body).toContain(
      '<Error><Type>Sender</Type><Code>AWS.SimpleQueueService.NonExistentQueue</Code><Message>The specified queue does not exist for this wsdl version.</Message><Detail/></Error>',
    );
  });

  test('does not accept names that objects inherit as operations or members', async () => {
    for (const Action of ['constructor', '__proto__', 'toString']) {
      expect((await query(aws, { Action })).body).toContain('<Code>InvalidAction</Code>');
    }
    await query(aws, { Action: 'CreateQueue', QueueName: 'inherited' });
    const polluted = await query(aws, {
      Action: 'ListQueues',
      '__proto__.QueueNamePrefix': 'x',
      'Attribute.1.Name': '__proto__',
    });
    // No queue begins with the prefix `x`, so the list would be empty if the parameter counted.
    expect([polluted.status, polluted.body]).toEqual([200, expect.stringContaining('/inherited</QueueUrl>')]);
    expect(Object.hasOwn(Object.prototype, 'QueueNamePrefix')).toBe(false);
  });
});

const HEAD = `host: localhost\r\nauthorization: ${SIGNED.authorization}\r\n`;

test('odd paths, missing bodies and broken JSON do not stop the server', async () => {
  for (const path of ['//', '/%', '/?', '/_aws/sqs/messages?QueueUrl=%', '/b/%?uploads', '/_nothing', '/a?b?c']) {
    await exchange(aws, `GET ${path} HTTP/1.1\r\n${HEAD}connection: close\r\n\r\n`);
    await exchange(aws, `POST ${path} HTTP/1.1\r\n${HEAD}connection: close\r\ncontent-length: 0\r\n\r\n`);
  }
  await exchange(
    aws,
    `POST / HTTP/1.1\r\n${HEAD}x-amz-target: AmazonSQS\r\nconnection: close\r\ncontent-length: 1\r\n\r\n{`,
  );
  expect((await get(aws, '/_local-aws/health')).status).toBe(200);
});

describe('inspecting the server', () => {
  test('shows all messages of a queue without receiving any', async () => {
    const QueueUrl = JSON.parse((await call(aws, 'AmazonSQS.CreateQueue', { QueueName: 'shown' })).body).QueueUrl;
    for (const MessageBody of ['one', 'two']) await call(aws, 'AmazonSQS.SendMessage', { QueueUrl, MessageBody });
    await call(aws, 'AmazonSQS.SendMessage', { QueueUrl, MessageBody: 'later', DelaySeconds: 900 });
    const path = `/_aws/sqs/messages?QueueUrl=${encodeURIComponent(QueueUrl)}`;
    const asJson = { accept: 'application/json' };
    const xml = await get(aws, path);
    expect(xml.body.match(/<Body>\w+<\/Body>/g)).toEqual(['<Body>one</Body>', '<Body>two</Body>']);
    await call(aws, 'AmazonSQS.ReceiveMessage', { QueueUrl });
    const shown = async (more = '') =>
      JSON.parse((await get(aws, `${path}${more}`, asJson)).body).ReceiveMessageResponse.ReceiveMessageResult;
    expect((await shown()).Message).toMatchObject({ Body: 'two', ReceiptHandle: 'SQS/BACKDOOR/ACCESS' });
    expect((await shown('&ShowInvisible=true&ShowDelayed=true')).Message).toMatchObject([
      { Body: 'one' },
      { Body: 'two' },
      { Body: 'later' },
    ]);
    const byPath = await get(aws, '/_aws/sqs/messages/us-east-1/000000000000/shown', asJson);
    expect(byPath.body).toContain('"Body":"two"');
    expect((await get(aws, '/_aws/sqs/messages?QueueUrl=http://x/0/nowhere')).status).toBe(400);
    expect(
      JSON.parse(
        (await call(aws, 'AmazonSQS.GetQueueAttributes', { QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }))
          .body,
      ),
    ).toEqual({ Attributes: { ApproximateNumberOfMessages: '1' } });
  });

  test('finds it healthy', async () => {
    expect(JSON.parse((await get(aws, '/_local-aws/health')).body)).toMatchObject({ status: 'ok' });
  });
});

test('S3 refuses a feature that it does not support', async () => {
  const answer = await get(aws, '/some-bucket?analytics');
  expect(answer.status).toBe(501);
  expect(answer.body).toContain('<Code>NotImplemented</Code>');
});

test('Query: empty lists, filters with several names, permissions, and characters that XML cannot hold are supported', async () => {
  await query(aws, { Action: 'CreateQueue', QueueName: 'lists' });
  const QueueUrl = `${aws.endpoint}/000000000000/lists`;
  const attribute = { 'MessageAttribute.1.Name': 'Help.Me', 'MessageAttribute.1.Value.DataType': 'String' };
  const sent = { ...attribute, 'MessageAttribute.1.Value.StringValue': 'v' };
  await query(aws, { Action: 'SendMessage', QueueUrl, MessageBody: 'x', ...sent });
  const receive = (more: Record<string, string>) =>
    query(aws, { Action: 'ReceiveMessage', QueueUrl, VisibilityTimeout: '0', ...more });
  const none = await receive({ MessageAttributeNames: '', AttributeNames: '', MessageSystemAttributeNames: '' });
  expect([none.status, none.body.includes('<Attribute>')]).toEqual([200, false]);
  const some = await receive({ 'MessageAttributeName.1': 'Hel.*', 'AttributeName.1': 'All' });
  expect(some.body).toContain('<MessageAttribute><Name>Help.Me</Name>');
  expect(some.body).toContain('<Attribute><Name>ApproximateReceiveCount</Name><Value>2</Value></Attribute>');
  const permission = { Label: 'l', 'AWSAccountId.1': '111111111111', 'ActionName.1': 'SendMessage' };
  expect((await query(aws, { Action: 'AddPermission', QueueUrl, ...permission })).status).toBe(200);
  const refused = await query(aws, { Action: 'SendMessage', QueueUrl, MessageBody: 'x', MessageGroupId: 'g\u0008' });
  expect(refused.body).toContain('Value g\uFFFD for parameter MessageGroupId is invalid.');
  await query(aws, { Action: 'PurgeQueue', QueueUrl });
  expect((await receive({})).body).toContain('<ReceiveMessageResult/>');
});

test('Query: the older of two equivalent parameters wins, unlike in JSON, and plural list names are accepted', async () => {
  const { QueueUrl } = JSON.parse((await call(aws, 'AmazonSQS.CreateQueue', { QueueName: 'names' })).body);
  await call(aws, 'AmazonSQS.SendMessage', { QueueUrl, MessageBody: 'x' });
  const receive = async (names: Record<string, string>) =>
    (await query(aws, { Action: 'ReceiveMessage', QueueUrl, VisibilityTimeout: '0', ...names })).body;
  const attributeNames = (body: string) => [...body.matchAll(/<Attribute><Name>(\w+)/g)].map(([, name]) => name);
  const all = { 'MessageSystemAttributeName.1': 'All' };
  expect(attributeNames(await receive({ ...all, 'AttributeName.1': 'SenderId' }))).toEqual(['SenderId']);
  expect(attributeNames(await receive({ 'MessageSystemAttributeNames.1': 'SenderId' }))).toEqual(['SenderId']);
  expect(attributeNames(await receive(all))).toContain('SentTimestamp');
  const names = { MessageSystemAttributeNames: ['All'], AttributeNames: ['SenderId'], VisibilityTimeout: 0 };
  expect((await call(aws, 'AmazonSQS.ReceiveMessage', { QueueUrl, ...names })).body).toContain('SentTimestamp');
  const none = await call(aws, 'AmazonSQS.ReceiveMessage', { QueueUrl, AttributeNames: ['SequenceNumber'] });
  expect(none.body).not.toContain('Attributes');
});

const FOR_SQS = { authorization: SIGNED.authorization.replace('/any/', '/sqs/') };

test('Query: answers and errors are JSON for clients that accept only JSON', async () => {
  const asJson = { accept: 'application/json' };
  const read = async (path: string) => {
    const { status, body } = await get(aws, path, asJson);
    return { status, ...(JSON.parse(body) as object) };
  };
  const { QueueUrl } = JSON.parse((await call(aws, 'AmazonSQS.CreateQueue', { QueueName: 'as-json' })).body);
  const path = '/000000000000/as-json';
  const ResponseMetadata = { RequestId: expect.any(String) };
  expect(await read('/?Action=ListQueues&QueueNamePrefix=as-json')).toEqual({
    status: 200,
    ListQueuesResponse: { ListQueuesResult: { queueUrls: [QueueUrl] }, ResponseMetadata },
  });
  const attributes = await read(`${path}?Action=GetQueueAttributes&AttributeName.1=DelaySeconds`);
  expect(attributes).toMatchObject({
    GetQueueAttributesResponse: { GetQueueAttributesResult: { Attributes: [{ Name: 'DelaySeconds', Value: '0' }] } },
  });
  const MessageBody = '{"a": "b\r&quot;"}';
  await call(aws, 'AmazonSQS.SendMessage', { QueueUrl, MessageBody });
  expect(await read(`${path}?Action=ReceiveMessage`)).toMatchObject({
    ReceiveMessageResponse: {
      ReceiveMessageResult: { messages: [{ Body: MessageBody }], Message: { Body: MessageBody } },
    },
  });
  expect(await read(`${path}?Action=PurgeQueue`)).toEqual({ status: 200, PurgeQueueResponse: { ResponseMetadata } });
  expect(await read(`${path}?Action=ListQueues`)).toMatchObject({
    status: 400,
    Error: { Code: 'InvalidAction', Message: 'The action ListQueues is not valid for this endpoint.', Type: 'Sender' },
  });
  expect(await read('/000000000000/nowhere?Action=PurgeQueue')).toMatchObject({
    Error: { Message: 'The specified queue does not exist for this wsdl version.' },
  });
  const signedForSqs = { ...asJson, ...FOR_SQS };
  expect((await get(aws, path, signedForSqs)).body).toBe('<UnknownOperationException/>');
});

test('Query: a POST without a body has its parameters in the URL', async () => {
  await query(aws, { Action: 'CreateQueue', QueueName: 'posted' });
  const url = `${aws.endpoint}/000000000000/posted?Action=DeleteQueue`;
  expect((await fetch(url, { method: 'POST', headers: FOR_SQS })).status).toBe(200);
  expect((await get(aws, '/?Action=GetQueueUrl&QueueName=posted')).status).toBe(400);
});
