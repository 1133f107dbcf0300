// The XML of encryption, and of settings that can only be read.

import { flat, structure, type XmlBody } from './xml-shapes.ts';

const OWNER = structure({ ID: 'text' });
const ACL: XmlBody = {
  root: 'AccessControlPolicy',
  shape: structure({
    Owner: OWNER,
    Grants: {
      name: 'AccessControlList',
      element: 'Grant',
      isFlat: false,
      item: structure({ Grantee: { ...OWNER, hasXsiType: true }, Permission: 'text' }),
    },
  }),
};

export const ENCRYPTION = {
  root: 'ServerSideEncryptionConfiguration',
  member: 'ServerSideEncryptionConfiguration',
  shape: structure({
    Rules: flat(
      'Rule',
      structure({
        ApplyServerSideEncryptionByDefault: structure({ SSEAlgorithm: 'text', KMSMasterKeyID: 'text' }),
        BucketKeyEnabled: 'boolean',
      }),
    ),
  }),
} as const satisfies XmlBody;

const emptyBody = (root: string): XmlBody => ({ root, shape: structure({}) });

export const DEFAULT_BODIES: Readonly<Record<string, XmlBody>> = {
  GetBucketAcl: ACL,
  GetObjectAcl: ACL,
  GetBucketAccelerateConfiguration: emptyBody('AccelerateConfiguration'),
  GetBucketLogging: emptyBody('BucketLoggingStatus'),
  GetBucketNotificationConfiguration: emptyBody('NotificationConfiguration'),
  GetBucketEncryption: ENCRYPTION,
  GetBucketOwnershipControls: {
    root: 'OwnershipControls',
    member: 'OwnershipControls',
    shape: structure({ Rules: flat('Rule', structure({ ObjectOwnership: 'text' })) }),
  },
  GetBucketRequestPayment: { root: 'RequestPaymentConfiguration', shape: structure({ Payer: 'text' }) },
};
