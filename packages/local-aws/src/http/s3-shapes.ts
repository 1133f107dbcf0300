// The XML of S3's requests and answers.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html

import { DEFAULT_BODIES, ENCRYPTION } from './s3-default-shapes.ts';
import { flat, type Shape, structure, wrapped, type XmlBody } from './xml-shapes.ts';

const CHECKSUMS = {
  ChecksumCRC32: 'text',
  ChecksumCRC32C: 'text',
  ChecksumCRC64NVME: 'text',
  ChecksumSHA1: 'text',
  ChecksumSHA256: 'text',
} as const satisfies Record<string, Shape>;

const TAG = structure({ Key: 'text', Value: 'text' });
const TAGS = structure({ TagSet: wrapped('Tag', TAG) });
const OWNER = structure({ ID: 'text', DisplayName: 'text' });
const PREFIXES = flat('CommonPrefixes', structure({ Prefix: 'text' }));

const TRANSITION = structure({ Date: 'time', Days: 'integer', StorageClass: 'text' });
const LIFECYCLE = structure({
  Rules: flat(
    'Rule',
    structure({
      ID: 'text',
      Prefix: 'text',
      Filter: structure({
        Prefix: 'text',
        Tag: TAG,
        ObjectSizeGreaterThan: 'integer',
        ObjectSizeLessThan: 'integer',
        And: structure({
          Prefix: 'text',
          Tags: flat('Tag', TAG),
          ObjectSizeGreaterThan: 'integer',
          ObjectSizeLessThan: 'integer',
        }),
      }),
      Status: 'text',
      Transitions: flat('Transition', TRANSITION),
      Expiration: structure({ Date: 'time', Days: 'integer', ExpiredObjectDeleteMarker: 'boolean' }),
      NoncurrentVersionTransitions: flat(
        'NoncurrentVersionTransition',
        structure({ NoncurrentDays: 'integer', StorageClass: 'text', NewerNoncurrentVersions: 'integer' }),
      ),
      NoncurrentVersionExpiration: structure({ NoncurrentDays: 'integer', NewerNoncurrentVersions: 'integer' }),
      AbortIncompleteMultipartUpload: structure({ DaysAfterInitiation: 'integer' }),
    }),
  ),
});

const PUBLIC_ACCESS_BLOCK = structure({
  BlockPublicAcls: 'boolean',
  IgnorePublicAcls: 'boolean',
  BlockPublicPolicy: 'boolean',
  RestrictPublicBuckets: 'boolean',
});

/** Bodies of requests by operation. */
export const REQUEST_BODIES: Readonly<Record<string, XmlBody & { readonly member: string; readonly optional?: true }>> =
  {
    CreateBucket: {
      root: 'CreateBucketConfiguration',
      member: 'CreateBucketConfiguration',
      shape: structure({ LocationConstraint: 'text', Tags: wrapped('Tag', TAG) }),
      optional: true,
    },
    DeleteObjects: {
      root: 'Delete',
      member: 'Delete',
      shape: structure({
        Objects: flat(
          'Object',
          structure({ Key: 'text', VersionId: 'text', ETag: 'text', LastModifiedTime: 'text', Size: 'text' }),
        ),
        Quiet: 'boolean',
      }),
    },
    CompleteMultipartUpload: {
      root: 'CompleteMultipartUpload',
      member: 'MultipartUpload',
      shape: structure({ Parts: flat('Part', structure({ PartNumber: 'integer', ETag: 'text', ...CHECKSUMS })) }),
      optional: true,
    },
    PutBucketLifecycleConfiguration: {
      root: 'LifecycleConfiguration',
      member: 'LifecycleConfiguration',
      shape: LIFECYCLE,
    },
    PutBucketEncryption: ENCRYPTION,
    PutPublicAccessBlock: {
      root: 'PublicAccessBlockConfiguration',
      member: 'PublicAccessBlockConfiguration',
      shape: PUBLIC_ACCESS_BLOCK,
    },
    PutBucketTagging: { root: 'Tagging', member: 'Tagging', shape: TAGS },
    PutObjectTagging: { root: 'Tagging', member: 'Tagging', shape: TAGS },
  };

const LISTED_OBJECT = {
  Key: 'text',
  LastModified: 'time',
  ETag: 'text',
  ChecksumAlgorithm: flat('ChecksumAlgorithm', 'text'),
  ChecksumType: 'text',
  Size: 'integer',
  StorageClass: 'text',
  Owner: OWNER,
} as const satisfies Record<string, Shape>;

const COPIED = structure({ LastModified: 'time', ETag: 'text', ChecksumType: 'text', ...CHECKSUMS });

const LISTED_UPLOAD = structure({
  Key: 'text',
  UploadId: 'text',
  Initiator: OWNER,
  Owner: OWNER,
  StorageClass: 'text',
  Initiated: 'time',
  ChecksumAlgorithm: 'text',
  ChecksumType: 'text',
});

/** Bodies of answers by operation. */
export const ANSWER_BODIES: Readonly<Record<string, XmlBody>> = {
  ...DEFAULT_BODIES,
  ListBuckets: {
    root: 'ListAllMyBucketsResult',
    shape: structure({
      Owner: OWNER,
      Buckets: wrapped(
        'Bucket',
        structure({ Name: 'text', CreationDate: 'time', BucketRegion: 'text', BucketArn: 'text' }),
      ),
      ContinuationToken: 'text',
      Prefix: 'text',
    }),
  },
  GetBucketVersioning: { root: 'VersioningConfiguration', shape: structure({}) },
  GetBucketTagging: { root: 'Tagging', shape: TAGS },
  GetObjectTagging: { root: 'Tagging', shape: TAGS },
  GetBucketLifecycleConfiguration: { root: 'LifecycleConfiguration', shape: LIFECYCLE },
  GetPublicAccessBlock: {
    root: 'PublicAccessBlockConfiguration',
    member: 'PublicAccessBlockConfiguration',
    shape: PUBLIC_ACCESS_BLOCK,
  },
  ListObjects: {
    root: 'ListBucketResult',
    shape: structure({
      Name: 'text',
      Prefix: 'text',
      Marker: 'text',
      NextMarker: 'text',
      MaxKeys: 'integer',
      Delimiter: 'text',
      EncodingType: 'text',
      IsTruncated: 'boolean',
      Contents: flat('Contents', structure(LISTED_OBJECT)),
      CommonPrefixes: PREFIXES,
    }),
  },
  ListObjectsV2: {
    root: 'ListBucketResult',
    shape: structure({
      Name: 'text',
      Prefix: 'text',
      ContinuationToken: 'text',
      NextContinuationToken: 'text',
      StartAfter: 'text',
      KeyCount: 'integer',
      MaxKeys: 'integer',
      Delimiter: 'text',
      EncodingType: 'text',
      IsTruncated: 'boolean',
      Contents: flat('Contents', structure(LISTED_OBJECT)),
      CommonPrefixes: PREFIXES,
    }),
  },
  ListObjectVersions: {
    root: 'ListVersionsResult',
    shape: structure({
      Name: 'text',
      Prefix: 'text',
      KeyMarker: 'text',
      VersionIdMarker: 'text',
      NextKeyMarker: 'text',
      NextVersionIdMarker: 'text',
      MaxKeys: 'integer',
      Delimiter: 'text',
      EncodingType: 'text',
      IsTruncated: 'boolean',
      Versions: flat('Version', structure({ ...LISTED_OBJECT, VersionId: 'text', IsLatest: 'boolean' })),
      CommonPrefixes: PREFIXES,
    }),
  },
  ListMultipartUploads: {
    root: 'ListMultipartUploadsResult',
    shape: structure({
      Bucket: 'text',
      KeyMarker: 'text',
      UploadIdMarker: 'text',
      NextKeyMarker: 'text',
      NextUploadIdMarker: 'text',
      Prefix: 'text',
      Delimiter: 'text',
      EncodingType: 'text',
      MaxUploads: 'integer',
      IsTruncated: 'boolean',
      Uploads: flat('Upload', LISTED_UPLOAD),
      CommonPrefixes: PREFIXES,
    }),
  },
  ListParts: {
    root: 'ListPartsResult',
    shape: structure({
      Bucket: 'text',
      Key: 'text',
      UploadId: 'text',
      Initiator: OWNER,
      Owner: OWNER,
      StorageClass: 'text',
      PartNumberMarker: 'integer',
      NextPartNumberMarker: 'integer',
      MaxParts: 'integer',
      IsTruncated: 'boolean',
      ChecksumAlgorithm: 'text',
      ChecksumType: 'text',
      Parts: flat(
        'Part',
        structure({ PartNumber: 'integer', LastModified: 'time', ETag: 'text', Size: 'integer', ...CHECKSUMS }),
      ),
    }),
  },
  CreateMultipartUpload: {
    root: 'InitiateMultipartUploadResult',
    shape: structure({ Bucket: 'text', Key: 'text', UploadId: 'text' }),
  },
  CompleteMultipartUpload: {
    root: 'CompleteMultipartUploadResult',
    shape: structure({
      Location: 'text',
      Bucket: 'text',
      Key: 'text',
      ETag: 'text',
      ChecksumType: 'text',
      ...CHECKSUMS,
    }),
  },
  CopyObject: { root: 'CopyObjectResult', member: 'CopyObjectResult', shape: COPIED },
  UploadPartCopy: { root: 'CopyPartResult', member: 'CopyPartResult', shape: COPIED },
  DeleteObjects: {
    root: 'DeleteResult',
    shape: structure({
      Deleted: flat('Deleted', structure({ Key: 'text', VersionId: 'text' })),
      Errors: flat('Error', structure({ Key: 'text', VersionId: 'text', Code: 'text', Message: 'text' })),
    }),
  },
  GetObjectAttributes: {
    root: 'GetObjectAttributesResponse',
    shape: structure({
      ETag: 'text',
      Checksum: structure({ ...CHECKSUMS, ChecksumType: 'text' }),
      ObjectParts: structure({
        TotalPartsCount: { element: 'PartsCount', scalar: 'integer' },
        PartNumberMarker: 'integer',
        NextPartNumberMarker: 'integer',
        MaxParts: 'integer',
        IsTruncated: 'boolean',
        Parts: flat('Part', structure({ PartNumber: 'integer', Size: 'integer', ...CHECKSUMS })),
      }),
      StorageClass: 'text',
      ObjectSize: 'integer',
    }),
  },
};
