// Every refusal of the embedded S3, with AWS's codes, texts and statuses.
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html

interface ErrorKind {
  readonly status: number;
  readonly message: string;
}

const kind = (status: number, message: string): ErrorKind => ({ status, message });

const KINDS = {
  AccessControlListNotSupported: kind(400, 'The bucket does not allow ACLs'),
  AccessDenied: kind(403, 'Access Denied'),
  AuthorizationQueryParametersError: kind(400, 'The query parameters of the signature are not valid.'),
  BadRequest: kind(400, 'Bad Request'),
  BadDigest: kind(400, 'The Content-MD5 you specified did not match what we received.'),
  BucketAlreadyOwnedByYou: kind(
    409,
    'Your previous request to create the named bucket succeeded and you already own it.',
  ),
  BucketNotEmpty: kind(409, 'The bucket you tried to delete is not empty'),
  ConditionalRequestConflict: kind(
    409,
    'The conditional request cannot succeed due to a conflicting operation against this resource.',
  ),
  EntityTooLarge: kind(400, 'Your proposed upload exceeds the maximum allowed size'),
  EntityTooSmall: kind(400, 'Your proposed upload is smaller than the minimum allowed size'),
  IllegalLocationConstraintException: kind(
    400,
    'The unspecified location constraint is incompatible for the region specific endpoint this request was sent to.',
  ),
  IncompleteBody: kind(400, 'You did not provide the number of bytes specified by the Content-Length HTTP header'),
  InternalError: kind(500, 'We encountered an internal error. Please try again.'),
  InvalidArgument: kind(400, 'Invalid Argument'),
  InvalidBucketOwnerAWSAccountID: kind(
    400,
    'The value of the expected bucket owner parameter must be an AWS Account ID',
  ),
  InvalidBucketName: kind(400, 'The specified bucket is not valid.'),
  InvalidDigest: kind(400, 'The Content-MD5 you specified was invalid.'),
  InvalidLocationConstraint: kind(400, 'The specified location-constraint is not valid'),
  InvalidObjectState: kind(403, "The operation is not valid for the object's storage class"),
  InvalidPart: kind(
    400,
    "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
  ),
  InvalidPartNumber: kind(416, 'The requested partnumber is not satisfiable'),
  InvalidPartOrder: kind(400, 'The list of parts was not in ascending order. Parts must be ordered by part number.'),
  InvalidRange: kind(416, 'The requested range is not satisfiable'),
  InvalidRequest: kind(400, 'The request is not valid.'),
  InvalidStorageClass: kind(400, 'The storage class you specified is not valid'),
  InvalidTag: kind(400, 'The tag provided was not a valid tag.'),
  InvalidURI: kind(400, "Couldn't parse the specified URI."),
  KeyTooLongError: kind(400, 'Your key is too long'),
  MalformedTrailerError: kind(
    400,
    'The request contained trailing data that was not well-formed or did not conform to our published schema.',
  ),
  MalformedXML: kind(400, 'The XML you provided was not well-formed or did not validate against our published schema'),
  MaxMessageLengthExceeded: kind(400, 'Your request was too big.'),
  MetadataTooLarge: kind(400, 'Your metadata headers exceed the maximum allowed metadata size'),
  MethodNotAllowed: kind(405, 'The specified method is not allowed against this resource.'),
  MissingContentLength: kind(411, 'You must provide the Content-Length HTTP header.'),
  MissingRequestBodyError: kind(400, 'Request Body is empty'),
  NoSuchBucket: kind(404, 'The specified bucket does not exist'),
  NoSuchBucketPolicy: kind(404, 'The bucket policy does not exist'),
  NoSuchCORSConfiguration: kind(404, 'The CORS configuration does not exist'),
  NoSuchKey: kind(404, 'The specified key does not exist.'),
  NoSuchLifecycleConfiguration: kind(404, 'The lifecycle configuration does not exist'),
  NoSuchPublicAccessBlockConfiguration: kind(404, 'The public access block configuration was not found'),
  NoSuchTagSet: kind(404, 'The TagSet does not exist'),
  NoSuchUpload: kind(
    404,
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
  ),
  NoSuchVersion: kind(404, 'The specified version does not exist.'),
  NoSuchWebsiteConfiguration: kind(404, 'The specified bucket does not have a website configuration'),
  NotImplemented: kind(501, 'A header you provided implies functionality that is not implemented'),
  NotModified: kind(304, 'Not Modified'),
  ObjectLockConfigurationNotFoundError: kind(404, 'Object Lock configuration does not exist for this bucket'),
  PreconditionFailed: kind(412, 'At least one of the pre-conditions you specified did not hold'),
  ReplicationConfigurationNotFoundError: kind(404, 'The replication configuration was not found'),
  RequestTimeout: kind(
    400,
    'Your socket connection to the server was not read from or written to within the timeout period.',
  ),
  XAmzContentSHA256Mismatch: kind(400, "The provided 'x-amz-content-sha256' header does not match what was computed."),
} as const satisfies Record<string, ErrorKind>;

export type S3ErrorName = keyof typeof KINDS;

export interface S3ErrorOptions {
  readonly message?: string;
  /** Elements of the answer in addition to Code and Message, with AWS's names: `{ BucketName: 'b' }`. */
  readonly fields?: Readonly<Record<string, string | number>>;
}

/** A call, or one key of a batch, that AWS would refuse. */
export class S3Error extends Error {
  readonly code: S3ErrorName;
  /** HTTP status. */
  readonly status: number;
  readonly fields: Readonly<Record<string, string | number>>;

  constructor(code: S3ErrorName, options: S3ErrorOptions = {}) {
    super(options.message ?? KINDS[code].message);
    this.name = code;
    this.code = code;
    this.status = KINDS[code].status;
    this.fields = options.fields ?? {};
  }
}

export function invalidArgument(message: string, name: string, value?: string | number): S3Error {
  return new S3Error('InvalidArgument', {
    message,
    fields: { ArgumentName: name, ...(value !== undefined && { ArgumentValue: value }) },
  });
}

export function invalidRequest(message: string): S3Error {
  return new S3Error('InvalidRequest', { message });
}

/** A part of S3 that the embedded S3 does not support, by its name in the request. */
export function notImplemented(header: string, additional?: string): S3Error {
  return new S3Error('NotImplemented', {
    fields: { Header: header, ...(additional !== undefined && { additionalMessage: additional }) },
  });
}
