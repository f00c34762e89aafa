import { closeSync, openSync, readFileSync, readSync } from 'node:fs';

const BYTES = 64 * 1024;
const bytes = Buffer.allocUnsafeSlow(BYTES);

/** A file of /proc that is read again and again. */
export class ProcFile {
  private descriptor: number | undefined;

  constructor(private readonly path: string) {}

  /** Its first 64 KiB; undefined where it can't be read. */
  read(): string | undefined {
    try {
      this.descriptor ??= openSync(this.path, 'r');
      return bytes.toString('latin1', 0, readSync(this.descriptor, bytes, 0, BYTES, 0));
    } catch {
      this.close();
      return undefined;
    }
  }

  close(): void {
    if (this.descriptor !== undefined) closeSync(this.descriptor);
    this.descriptor = undefined;
  }
}

/** A small file as text; undefined where it can't be read. */
export function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
