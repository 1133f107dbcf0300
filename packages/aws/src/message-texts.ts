// Extracts the messages from the JSON response to a peek (see peek.ts) while it arrives. The response may be a gigabyte,
// so only one message at a time is kept in memory.

const [QUOTE, BACKSLASH, OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [...'"\\{}[]'].map((character) =>
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
export async function* messageTexts(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  /** The bytes of the brackets and braces that are open, the outermost first. */
  const openBrackets: (number | undefined)[] = [];
  let parts: Buffer[] = [];
  let bytes = 0;
  /** The number of open brackets around the message that is being read; undefined between messages. */
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
    let start = depth === undefined ? -1 : 0;
    for (let index = 0; index < buffer.length; index += 1) {
      const byte = buffer[index];
      if (isEscaped) isEscaped = false;
      else if (inString) {
        if (byte === BACKSLASH) isEscaped = true;
        else if (byte === QUOTE) inString = false;
      } else if (byte === QUOTE) inString = true;
      else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        const isInList = openBrackets.length === ENVELOPE_DEPTH + 1 && openBrackets[ENVELOPE_DEPTH] === OPEN_BRACKET;
        const isMessage = openBrackets.length === ENVELOPE_DEPTH || isInList;
        if (byte === OPEN_BRACE && isMessage) {
          depth = openBrackets.length;
          start = index;
        }
        openBrackets.push(byte);
      } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        openBrackets.pop();
        if (openBrackets.length !== depth) continue;
        append(buffer.subarray(start, index + 1));
        yield Buffer.concat(parts).toString('utf8');
        [parts, bytes, depth, start] = [[], 0, undefined, -1];
      }
    }
    // A copy, because the chunk itself may be reused for the next one.
    if (start >= 0) append(Buffer.from(buffer.subarray(start)));
  }
  if (openBrackets.length > 0) throw new Error('the answer ended too early');
}
