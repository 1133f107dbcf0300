// S3 over HTTP: headers become operations and inputs, bodies become content, outputs become answers.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { bodyAlgorithms } from '../s3/body-algorithms.ts';
import { requestChecksum, verifyChecksum, verifyMd5 } from '../s3/checksums.ts';
import { type Content, ContentBuilder } from '../s3/content.ts';
import type { ContentToHash } from '../s3/copy-source.ts';
import type { S3Engine } from '../s3/engine.ts';
import { invalidRequest, S3Error } from '../s3/errors.ts';
import { type Input, optionalText } from '../s3/input.ts';
import { contentToHash } from '../s3/operations/copies.ts';
import { signedRegion } from './router.ts';
import { errorAnswer, outputAnswer } from './s3-answers.ts';
import { BodyCollector, trailingAlgorithm } from './s3-body.ts';
import { inputOf } from './s3-input.ts';
import { checkPresigned } from './s3-presigned.ts';
import { operationOf } from './s3-routes.ts';
import { REQUEST_BODIES } from './s3-shapes.ts';
import { targetOf } from './s3-target.ts';
import {
  type Answer,
  type Call,
  type ReceivedRequest,
  type Receiver,
  RequestFailure,
  type RequestHead,
  type Service,
} from './service.ts';
import { readXml, XmlError } from './xml-reader.ts';
import { readMembers } from './xml-shapes.ts';

/** The bytes that are hashed before other requests are served: this takes about 10 ms. */
const HASH_STEP_BYTES = 4 * 1024 * 1024;

/** A refusal with the elements of S3's error. */
class S3Refusal extends RequestFailure {
  readonly fields: S3Error['fields'];

  constructor(error: S3Error) {
    super(error);
    this.fields = error.fields;
  }
}

/** Converts S3's errors into refusals of the request. */
function convertErrors<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw asRefusal(error);
  }
}

function asRefusal(error: unknown): unknown {
  if (error instanceof XmlError) return new S3Refusal(new S3Error('MalformedXML'));
  return error instanceof S3Error ? new S3Refusal(error) : error;
}

/** Hashes stored bytes in pieces, so that other requests are served in between. */
async function hashInSteps({ chunks, algorithm }: ContentToHash): Promise<Content> {
  const builder = new ContentBuilder([algorithm]);
  let bytesSincePause = 0;
  for (const chunk of chunks) {
    builder.add(chunk);
    bytesSincePause += chunk.length;
    if (bytesSincePause >= HASH_STEP_BYTES) {
      bytesSincePause = 0;
      await nextTurn();
    }
  }
  return builder.finish();
}

/** The input of an XML body: its content under one member, or nothing for operations without a body. */
function documentMember(operation: string, xml: string): Input {
  const body = REQUEST_BODIES[operation];
  if (body === undefined) return {};
  if (xml.trim() === '') {
    if (body.optional) return {};
    throw new S3Error(operation === 'DeleteObjects' ? 'MalformedXML' : 'MissingRequestBodyError');
  }
  const root = readXml(xml);
  if (root.name !== body.root) throw new S3Error('MalformedXML');
  return { [body.member]: readMembers(body.shape.members, root) };
}

/** One request from its headers to its call. */
class S3Receiver implements Receiver {
  readonly #engine: S3Engine;
  readonly #operation: string;
  readonly #input: Input;
  #body: BodyCollector | undefined;
  /**
   * An error of the headers that describe the body. It is answered only when the call runs, so that injected faults take
   * precedence.
   */
  #refusal: unknown;

  constructor(engine: S3Engine, head: RequestHead) {
    const target = targetOf(head);
    checkPresigned(target.query, engine.now());
    const isCopy = head.headers['x-amz-copy-source'] !== undefined || target.query.has('x-amz-copy-source');
    this.#engine = engine;
    this.#operation = operationOf(head.method, target, isCopy);
    const isPayload = this.#isPayload;
    const trailing = trailingAlgorithm(head.headers);
    const input = { ...inputOf(head.headers, target, this.#operation), SignedRegion: signedRegion(head) };
    this.#input = isPayload && trailing !== undefined ? { ...input, ChecksumAlgorithm: trailing } : input;
    try {
      this.#body = new BodyCollector(head.headers, this.#algorithms(), isPayload);
    } catch (error) {
      this.#refusal = asRefusal(error);
    }
  }

  get #isPayload(): boolean {
    return this.#operation === 'PutObject' || this.#operation === 'UploadPart';
  }

  get #isCopy(): boolean {
    return this.#operation === 'CopyObject' || this.#operation === 'UploadPartCopy';
  }

  #algorithms() {
    if (this.#isPayload) return bodyAlgorithms(this.#engine, this.#operation, this.#input);
    const checksum = this.#hasDocumentChecksum ? requestChecksum(this.#input) : undefined;
    return checksum === undefined ? [] : [checksum.algorithm];
  }

  /** Whether the checksum in the request is that of an XML body; `CompleteMultipartUpload` has that of the object. */
  get #hasDocumentChecksum(): boolean {
    return REQUEST_BODIES[this.#operation] !== undefined && this.#operation !== 'CompleteMultipartUpload';
  }

  write(chunk: Buffer): void {
    try {
      this.#body?.write(chunk);
    } catch (error) {
      this.#body = undefined;
      throw asRefusal(error);
    }
  }

  complete(request: ReceivedRequest): Call {
    const operation = `s3:${this.#operation}`;
    return { operation, run: () => convertErrors(() => this.#run(this.#completeInput(), request)) };
  }

  #completeInput(): Input {
    if (this.#body === undefined) throw this.#refusal;
    const { content, trailers } = this.#body.end();
    if (this.#isPayload) return { ...this.#input, ...trailers, Body: content };
    if (this.#hasDocumentChecksum) this.#verify(content, requestChecksum(this.#input) ?? requestChecksum(trailers));
    return { ...this.#input, ...documentMember(this.#operation, Buffer.concat(content.chunks).toString()) };
  }

  #verify(content: Content, checksum: ReturnType<typeof requestChecksum>): void {
    if (checksum !== undefined) verifyChecksum(checksum, content.checksum(checksum.algorithm));
    verifyMd5(optionalText(this.#input, 'ContentMD5'), content.md5);
    const hasDigest = checksum !== undefined || this.#input.ContentMD5 !== undefined;
    if (this.#operation === 'DeleteObjects' && !hasDigest) {
      throw invalidRequest('Missing required header for this request: Content-MD5 OR x-amz-checksum-*');
    }
  }

  #run(input: Input, request: ReceivedRequest): Answer | Promise<Answer> {
    const answerOf = (completeInput: Input): Answer => {
      const output = this.#engine.call(this.#operation, completeInput, `http://${request.headers.host ?? 'localhost'}`);
      return outputAnswer(this.#operation, output, this.#engine.now());
    };
    const bytesToHash = () => (this.#isCopy ? contentToHash(this.#engine, this.#operation, input) : undefined);
    const toHash = bytesToHash();
    if (toHash === undefined) return answerOf(input);
    return hashInSteps(toHash).then((Body) =>
      convertErrors(() => {
        // If the source was replaced meanwhile, the new object is copied: never its attributes with the old bytes.
        const isSame = bytesToHash()?.sourceParts === toHash.sourceParts;
        return isSame ? answerOf({ ...input, Body }) : this.#run(input, request);
      }),
    );
  }
}

export function createS3Service(engine: S3Engine): Service {
  return {
    receive: (head) => convertErrors(() => new S3Receiver(engine, head)),
    failure: (details) => errorAnswer(details, engine.now()),
  };
}
