/** WebSocket frames from the server (RFC 6455, 5.2): one text message, unmasked, not fragmented, not compressed. */
const FIN_TEXT = 0x81;
const FIN_PING = 0x89;
const SHORT = 126;
const MEDIUM = 65_536;

/** A ping without a payload. */
export const PING_FRAME: Buffer = Buffer.from([FIN_PING, 0]);

function headerBytes(payload: number): number {
  if (payload < SHORT) return 2;
  return payload < MEDIUM ? 4 : 10;
}

function writeHeader(frame: Buffer, payload: number, at: number): number {
  frame[at] = FIN_TEXT;
  if (payload < SHORT) {
    frame[at + 1] = payload;
  } else if (payload < MEDIUM) {
    frame[at + 1] = 126;
    frame.writeUInt16BE(payload, at + 2);
  } else {
    frame[at + 1] = 127;
    frame.writeUInt32BE(Math.floor(payload / 2 ** 32), at + 2);
    frame.writeUInt32BE(payload >>> 0, at + 6);
  }
  return at + headerBytes(payload);
}

/** Texts as frames, one after another in one buffer, so that they go out in one write. */
export function framed(texts: readonly string[]): Buffer {
  const sizes = texts.map((text) => Buffer.byteLength(text));
  const total = sizes.reduce((sum, size) => sum + headerBytes(size) + size, 0);
  const frames = Buffer.allocUnsafeSlow(total);
  let at = 0;
  texts.forEach((text, index) => {
    at = writeHeader(frames, sizes[index]!, at);
    at += frames.write(text, at);
  });
  return frames;
}
