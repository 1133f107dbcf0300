// Encodes and decodes user metadata with other characters than ASCII for HTTP headers, as RFC 2047 defines:
// `=?UTF-8?Q?=C3=A9?=`.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html#UserMetadata

const ENCODED = /=\?utf-8\?([bq])\?([^?]*)\?=/gi;

function decodeQ(text: string): Buffer {
  const latin = text
    .replaceAll('_', ' ')
    .replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(latin, 'latin1');
}

/** @param value a header's value as Node returns it: bytes as Latin-1 */
export function decodeMetadata(value: string): string {
  const text = Buffer.from(value, 'latin1').toString();
  return text.replace(ENCODED, (_, kind: string, encoded: string) =>
    (kind.toLowerCase() === 'b' ? Buffer.from(encoded, 'base64') : decodeQ(encoded)).toString(),
  );
}

const PLAIN = /^[\t\x20-\x7e]*$/;
/** Characters that AWS does not encode in an encoded word. */
const SAFE = /[!"#$%&'()*+,\-./0-9:;<>@A-Z[\\\]^`a-z{|}~]/;

export function encodeMetadata(value: string): string {
  if (PLAIN.test(value)) return value;
  const bytes = Buffer.from(value);
  if (/[\p{C}\uFFFD]/u.test(value)) return `=?UTF-8?B?${bytes.toString('base64')}?=`;
  let encoded = '';
  for (const byte of bytes) {
    const character = String.fromCharCode(byte);
    if (byte < 0x80 && SAFE.test(character)) encoded += character;
    else encoded += byte === 0x20 ? '_' : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return `=?UTF-8?Q?${encoded}?=`;
}
