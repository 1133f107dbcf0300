// Cuts the messages out of a peek's answer while it arrives: it may have a gigabyte, which must not be in memory at
// once.

const [QUOTE, BACKSLASH, OPEN, CLOSE, OPEN_LIST, CLOSE_LIST] = [...'"\\{}[]'].map((sign) => sign.charCodeAt(0));
/** `{"ReceiveMessageResponse": {"ReceiveMessageResult": {"Message": …`: a message, or a list of messages. */
const ENVELOPE = 3;
/** The largest message: a mebibyte, of which each character may take six in JSON. */
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * Yields each message of the answer as a separate JSON text, in order.
 *
 * @throws when the answer ends too early, or one message has more than 16 MiB
 */
export async function* peekedElements(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  /** The open brackets, by their first character. */
  const open: (number | undefined)[] = [];
  let parts: Buffer[] = [];
  let bytes = 0;
  let depth: number | undefined;
  let inText = false;
  let isEscaped = false;

  const take = (piece: Buffer) => {
    bytes += piece.length;
    if (bytes > MOST_BYTES) throw new Error(`a message has more than ${MOST_BYTES} bytes`);
    parts.push(piece);
  };
  for await (const chunk of chunks) {
    const buffer = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let from = depth === undefined ? -1 : 0;
    for (let at = 0; at < buffer.length; at += 1) {
      const sign = buffer[at];
      if (isEscaped) isEscaped = false;
      else if (inText) {
        if (sign === BACKSLASH) isEscaped = true;
        else if (sign === QUOTE) inText = false;
      } else if (sign === QUOTE) inText = true;
      else if (sign === OPEN || sign === OPEN_LIST) {
        const isMessage = open.length === ENVELOPE || (open.length === ENVELOPE + 1 && open[ENVELOPE] === OPEN_LIST);
        if (sign === OPEN && isMessage) {
          depth = open.length;
          from = at;
        }
        open.push(sign);
      } else if (sign === CLOSE || sign === CLOSE_LIST) {
        open.pop();
        if (open.length !== depth) continue;
        take(buffer.subarray(from, at + 1));
        yield Buffer.concat(parts).toString('utf8');
        [parts, bytes, depth, from] = [[], 0, undefined, -1];
      }
    }
    // A copy, because the chunk itself may be reused for the next one.
    if (from >= 0) take(Buffer.from(buffer.subarray(from)));
  }
  if (open.length > 0) throw new Error('the answer ended too early');
}
