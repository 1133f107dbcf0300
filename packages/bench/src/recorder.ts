// The record of an endpoint: how often each operation was called, and when first and last. The server records it, so
// that every contender is measured in the same way.

export interface OperationRecord {
  calls: number;
  /** By the server's monotonic clock: when the embedded AWS starts the call, or the proxy has its response. */
  firstMs: number;
  lastMs: number;
}

/** By operation, e.g. `sqs:ReceiveMessage`. */
export type Records = Record<string, OperationRecord>;

export function createRecorder() {
  let records: Records = {};
  return {
    record(operation: string): void {
      const now = performance.now();
      const record = records[operation];
      if (record) {
        record.calls++;
        record.lastMs = now;
      } else {
        records[operation] = { calls: 1, firstMs: now, lastMs: now };
      }
    },
    reset(): void {
      records = {};
    },
    read: (): Records => records,
  };
}

const SERVICES_BY_TARGET: Record<string, string> = { AmazonSQS: 'sqs', DynamoDB_20120810: 'dynamodb' };

/** The operation of an HTTP request, by `X-Amz-Target` or, for S3, by method and query. */
export function operationOf(method: string, url: string, target: string | undefined): string {
  const [prefix = '', name = ''] = target?.split('.') ?? [];
  const service = SERVICES_BY_TARGET[prefix];
  if (service) return `${service}:${name}`;
  const query = new URL(url, 'http://localhost').searchParams;
  if (method === 'PUT') return query.has('partNumber') ? 's3:UploadPart' : 's3:PutObject';
  if (method === 'POST') return query.has('uploads') ? 's3:CreateMultipartUpload' : 's3:CompleteMultipartUpload';
  if (method === 'DELETE') return query.has('uploadId') ? 's3:AbortMultipartUpload' : 's3:DeleteObject';
  if (method === 'GET' && query.has('uploadId')) return 's3:ListParts';
  return method === 'HEAD' ? 's3:HeadObject' : 's3:GetObject';
}
