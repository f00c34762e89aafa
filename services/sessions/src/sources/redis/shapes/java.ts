const STREAM_MAGIC = Buffer.from('aced0005', 'hex');
const TC_STRING = 0x74;
const LONG = /^-?\d{1,15}$/;

/**
 * A string, a java.lang.Long or a java.lang.Integer as the JDK serializes it, or as text or JSON where the
 * application chose that; undefined: something else.
 * Format: https://docs.oracle.com/javase/8/docs/platform/serialization/spec/protocol.html
 */
export function readJava(bytes: Buffer | undefined): string | number | undefined {
  if (bytes === undefined || bytes.length === 0) return undefined;
  if (!bytes.subarray(0, 4).equals(STREAM_MAGIC)) return plain(bytes.toString());
  if (bytes[4] === TC_STRING && bytes.length >= 7) return bytes.toString('utf8', 7, 7 + bytes.readUInt16BE(5));
  if (bytes.includes('java.lang.Long') && bytes.length >= 12) return Number(bytes.readBigInt64BE(bytes.length - 8));
  if (bytes.includes('java.lang.Integer') && bytes.length >= 8) return bytes.readInt32BE(bytes.length - 4);
  return undefined;
}

function plain(text: string): string | number {
  if (LONG.test(text)) return Number(text);
  const quoted = /^"((?:[^"\\])*)"$/.exec(text);
  return quoted ? quoted[1]! : text;
}
