// S3: the engine of `local-aws` under virtual time, with bodies as the SDK has them.
import { Readable } from 'node:stream';
import { S3Engine, type S3EngineOptions, S3Error } from '@movie-load/local-aws';
import { s3Error } from './errors.ts';

export type S3 = ReturnType<typeof createS3>;

export function createS3(options: S3EngineOptions & Required<Pick<S3EngineOptions, 'uuid'>>) {
  const engine = new S3Engine(options);
  return {
    engine,
    /** The answer of a command, at once. Throws what the SDK would throw. */
    apply(operation: string, input: object): object {
      try {
        const output = engine.call(operation, requestOf(input));
        return 'Body' in output ? { ...output, Body: streamOf(output.Body) } : output;
      } catch (error) {
        if (error instanceof S3Error) throw s3Error(nameOf(error, operation), error.message, error.status);
        throw error;
      }
    },
  };
}

/** The answer to a HEAD has no body, so the SDK knows the error only by its status. */
function nameOf({ code, status }: S3Error, operation: string): string {
  if (!operation.startsWith('Head')) return code;
  return status === 404 ? 'NotFound' : String(status);
}

/** With a copy of the body: what the caller does with its own bytes later changes nothing. */
function requestOf(input: object): Readonly<Record<string, unknown>> {
  const request: Readonly<Record<string, unknown>> = { ...input };
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
