// S3: the engine of `local-aws` under virtual time, with the SDK's bodies.
import { Readable } from 'node:stream';
import { S3Engine, type S3EngineOptions, S3Error } from '@movie-load/local-aws';
import { s3Error } from './errors.ts';

export type S3 = ReturnType<typeof createS3>;

export interface S3Options extends S3EngineOptions {
  readonly uuid: () => string;
  /** The parts that S3 lists on one page. Default: 1,000. */
  readonly pageParts?: number;
  /** Creates the ETag of an uploaded part, in quotes. With SSE-KMS it is not the MD5, and differs at each upload. */
  readonly createEtag?: (() => string) | undefined;
}

export function createS3(options: S3Options) {
  const engine = new S3Engine(options);
  const etags = new ChangingEtags(options.createEtag);
  const call = (operation: string, input: Request) => {
    const page = operation === 'ListParts' && options.pageParts !== undefined ? { MaxParts: options.pageParts } : {};
    return etags.clientResponse(
      operation,
      input,
      engine.call(operation, etags.engineRequest(operation, { ...input, ...page })),
    );
  };
  return {
    engine,
    /** Numbers of the parts that an upload has; undefined when there is no such upload. */
    uploadedParts(bucket: string, id: string): ReadonlySet<number> | undefined {
      const upload = engine.buckets.get(bucket)?.uploads.get(id);
      return upload && new Set(upload.parts.keys());
    },
    /** The answer of a command, at once. Throws the SDK's error. */
    apply(operation: string, input: object): object {
      try {
        const output = call(operation, copyRequest(input));
        return 'Body' in output ? { ...output, Body: streamOf(output.Body) } : output;
      } catch (error) {
        if (error instanceof S3Error) throw s3Error(errorName(error, operation), error.message, error.status);
        throw error;
      }
    },
  };
}

type Request = Readonly<Record<string, unknown>>;

/** Replaces the engine's ETags, which are MD5s, in answers, and puts them back in requests. */
class ChangingEtags {
  readonly #createEtag: (() => string) | undefined;
  readonly #etags = new Map<string, { readonly reportedEtag: string; readonly engineEtag: unknown }>();

  constructor(createEtag: (() => string) | undefined) {
    this.#createEtag = createEtag;
  }

  engineRequest(operation: string, input: Request): Request {
    const { UploadId, MultipartUpload } = input;
    if (this.#createEtag === undefined || operation !== 'CompleteMultipartUpload') return input;
    const { Parts = [] } = MultipartUpload as { readonly Parts?: readonly Request[] };
    const engineParts = Parts.map((part) => {
      const etagPair = this.#etags.get(`${UploadId} ${part.PartNumber}`);
      return { ...part, ETag: etagPair?.reportedEtag === part.ETag ? etagPair?.engineEtag : '"00"' };
    });
    return { ...input, MultipartUpload: { Parts: engineParts } };
  }

  clientResponse(operation: string, { UploadId, PartNumber }: Request, output: Request): Request {
    if (this.#createEtag === undefined) return output;
    if (operation === 'UploadPart' || operation === 'UploadPartCopy') {
      const result = output.CopyPartResult as Request | undefined;
      const reportedEtag = this.#createEtag();
      this.#etags.set(`${UploadId} ${PartNumber}`, { reportedEtag, engineEtag: result?.ETag ?? output.ETag });
      return result === undefined
        ? { ...output, ETag: reportedEtag }
        : { ...output, CopyPartResult: { ...result, ETag: reportedEtag } };
    }
    if (operation !== 'ListParts' || output.Parts === undefined) return output;
    const parts = output.Parts as readonly Request[];
    const reportedParts = parts.map((part) => ({
      ...part,
      ETag: this.#etags.get(`${UploadId} ${part.PartNumber}`)?.reportedEtag,
    }));
    return { ...output, Parts: reportedParts };
  }
}

/** The answer to a HEAD has no body, so the SDK knows the error only by its status. */
function errorName({ code, status }: S3Error, operation: string): string {
  if (!operation.startsWith('Head')) return code;
  return status === 404 ? 'NotFound' : String(status);
}

/** Copies the body, so that later changes of the caller's bytes have no effect. */
function copyRequest(input: object): Request {
  const request: Request = { ...input };
  return request.Body instanceof Uint8Array ? { ...request, Body: Buffer.from(request.Body) } : request;
}

function streamOf(body: unknown) {
  const bytes = Buffer.concat([...(body as Iterable<Uint8Array>)]);
  return Object.assign(Readable.from([bytes], { objectMode: false }), {
    transformToString: async (encoding?: BufferEncoding) => bytes.toString(encoding),
    transformToByteArray: async () => new Uint8Array(bytes),
    transformToWebStream: () => new Blob([bytes]).stream(),
  });
}
