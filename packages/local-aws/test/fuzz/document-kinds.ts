// Hostile forms, XML and uploads.

import { pickDepth, withBody } from './body-parts.ts';
import type { Kind, Legal } from './request.ts';

const takesXml = ({ service, method, target }: Legal): boolean =>
  service === 's3' && (method === 'POST' || (method === 'PUT' && /\?(?!partNumber)/.test(target)));
const takesBytes = ({ operation }: Legal): boolean => operation === 'PutObject' || operation === 'UploadPart';

const FORM_KINDS: readonly Kind[] = [
  {
    name: 'odd form',
    applies: ({ service }) => service === 'sqs-query' || service === 'sts',
    make: (legal, dice) =>
      withBody(
        legal,
        dice.pick([
          `${legal.body}&${'a.'.repeat(pickDepth(dice))}b=1`,
          `${legal.body}&${'a=1&'.repeat(pickDepth(dice))}`,
          `${legal.body}&%&%zz=%f&=`,
          `Action=${legal.operation}&Action=DeleteQueue`,
          `${legal.body}&Attribute.-1.Name=a&Attribute.x=1&Attribute=2`,
          `${legal.body}&Entries=&Tag.1=x&Tag.1.Key.Key=1`,
          `${legal.body}&__proto__.a=1&constructor=2`,
          `Action=${'%41'.repeat(pickDepth(dice))}`,
          `${legal.body}&${Array.from({ length: 3000 }, (_, i) => `AttributeName.${i}=All`).join('&')}`,
          '&&&===',
          'Action',
          `${legal.body}&QueueUrl=`,
        ]),
      ),
  },
];

const XML_KINDS: readonly Kind[] = [
  {
    name: 'broken XML',
    applies: takesXml,
    make: (legal, dice) => {
      const many = pickDepth(dice);
      return withBody(
        legal,
        dice.pick([
          '<a>'.repeat(many),
          `${'<a>'.repeat(many)}${'</a>'.repeat(many)}`,
          '<Delete><Object>'.repeat(many),
          '<',
          '<!',
          '<![CDATA[',
          '<!--'.repeat(many),
          `<a ${'b="1" '.repeat(many)}/>`,
          '&amp;'.repeat(many),
          '&'.repeat(many),
          '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><Delete>&b;&b;</Delete>',
          '<!DOCTYPE x SYSTEM "file:///etc/passwd"><Delete/>',
          `<Delete>${'<Object><Key>a</Key></Object>'.repeat(Math.min(many, 2000))}</Delete>`,
          '<Delete><Object/></Delete>',
          '<Delete><Object><Key/></Object></Delete>',
          `<CompleteMultipartUpload>${'<Part><PartNumber>1</PartNumber></Part>'.repeat(Math.min(many, 12_000))}</CompleteMultipartUpload>`,
          '<CompleteMultipartUpload><Part><PartNumber>x</PartNumber><ETag/></Part></CompleteMultipartUpload>',
          '{}',
          '\0',
          '\ufeff<a/>',
          '<ü/>',
          '<a></b>',
        ]),
      );
    },
  },
];

const BYTES_KINDS: readonly Kind[] = [
  {
    name: 'odd upload',
    applies: takesBytes,
    make: (legal, dice) => {
      const signature = 'a'.repeat(64);
      const body = dice.pick([
        '-6\r\n',
        '5;chunk-signature=x\r\nab',
        `${'0'.repeat(9000)}\r\n`,
        `5;chunk-signature=${signature}\r\nabcde\r\n`,
        `0;chunk-signature=${signature}\r\nx-amz-checksum-crc32:AAAA\r\n\r\n`,
        'zz\r\nab',
        '\r\n\r\n',
        '7fffffffffff\r\na',
        `${'1\r\na\r\n'.repeat(20_000)}0\r\n\r\n`,
      ]);
      const content = dice.pick([
        'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
        'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
        'STREAMING-X',
        'UNSIGNED-PAYLOAD',
        '0'.repeat(64),
      ]);
      const headers = {
        ...legal.headers,
        'content-encoding': 'aws-chunked',
        'x-amz-content-sha256': content,
        'x-amz-trailer': dice.pick(['x-amz-checksum-crc32', 'x', '']),
        'x-amz-decoded-content-length': dice.pick(['5', '-1', '99999999999', 'x', '0']),
      };
      return withBody({ ...legal, headers }, body);
    },
  },
  {
    name: 'wrong checksums',
    applies: takesBytes,
    make: (legal, dice) => {
      const name = dice.pick([
        'content-md5',
        'x-amz-checksum-crc32',
        'x-amz-checksum-crc32c',
        'x-amz-checksum-sha1',
        'x-amz-checksum-sha256',
        'x-amz-checksum-crc64nvme',
        'x-amz-content-sha256',
      ]);
      return withBody(
        {
          ...legal,
          headers: { ...legal.headers, [name]: dice.pick(['', 'x', 'AAAAAA==', '%%%', 'a'.repeat(64), 'ü']) },
        },
        legal.body,
      );
    },
  },
];

export const DOCUMENT_KINDS: readonly Kind[] = [...FORM_KINDS, ...XML_KINDS, ...BYTES_KINDS];
