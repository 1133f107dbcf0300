// Extracts the messages from the JSON answer to a peek (see peek.ts) while it arrives. The answer may be a gigabyte, so
// only one message at a time is kept in memory.

const [QUOTE, BACKSLASH, OPEN, CLOSE, OPEN_LIST, CLOSE_LIST] = [...'"\\{}[]'].map((character) =>
  character.charCodeAt(0),
);
/**
 * The open brackets around the value of `Message`, which is one message or a list of messages:
 * `{"ReceiveMessageResponse": {"ReceiveMessageResult": {"Message": …`.
 */
const ENVELOPE_DEPTH = 3;
/** More than any message takes: SQS allows a mebibyte, of which JSON may escape each byte as six. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

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
  /** The number of brackets around the message that is being read; undefined between messages. */
  let depth: number | undefined;
  let inString = false;
  let isEscaped = false;

  const append = (piece: Buffer) => {
    bytes += piece.length;
    if (bytes > MAX_MESSAGE_BYTES) throw new Error(`a message has more than ${MAX_MESSAGE_BYTES} bytes`);
    parts.push(piece);
  };
  for await (const chunk of chunks) {
    const buffer = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let from = depth === undefined ? -1 : 0;
    for (let at = 0; at < buffer.length; at += 1) {
      const byte = buffer[at];
      if (isEscaped) isEscaped = false;
      else if (inString) {
        if (byte === BACKSLASH) isEscaped = true;
        else if (byte === QUOTE) inString = false;
      } else if (byte === QUOTE) inString = true;
      else if (byte === OPEN || byte === OPEN_LIST) {
        const isInList = open.length === ENVELOPE_DEPTH + 1 && open[ENVELOPE_DEPTH] === OPEN_LIST;
        const isMessage = open.length === ENVELOPE_DEPTH || isInList;
        if (byte === OPEN && isMessage) {
          depth = open.length;
          from = at;
        }
        open.push(byte);
      } else if (byte === CLOSE || byte === CLOSE_LIST) {
        open.pop();
        if (open.length !== depth) continue;
        append(buffer.subarray(from, at + 1));
        yield Buffer.concat(parts).toString('utf8');
        [parts, bytes, depth, from] = [[], 0, undefined, -1];
      }
    }
    // A copy, because the chunk itself may be reused for the next one.
    if (from >= 0) append(Buffer.from(buffer.subarray(from)));
  }
  if (open.length > 0) throw new Error('the answer ended too early');
}
