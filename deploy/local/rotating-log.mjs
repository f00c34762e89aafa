// @ts-check
// A log file that never grows beyond its bound: when it is full it becomes `<file>.1`, over the one before.
import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';

export const LOG_BYTES = 10 * 1024 * 1024;

export class RotatingLog {
  /**
   * @param {string} file
   * @param {number} [maxBytes] of each of the two files
   */
  constructor(file, maxBytes = LOG_BYTES) {
    this.file = file;
    this.maxBytes = maxBytes;
    this.descriptor = openSync(file, 'a', 0o600);
    this.size = fstatSync(this.descriptor).size;
  }

  /** @param {string} text */
  write(text) {
    const bytes = Buffer.from(text);
    if (this.size > 0 && this.size + bytes.length > this.maxBytes) this.rotate();
    try {
      this.size += writeSync(this.descriptor, bytes);
    } catch {
      // A full disk must not end what is being logged; the line is lost, the terminal still has warnings.
    }
  }

  rotate() {
    closeSync(this.descriptor);
    renameSync(this.file, `${this.file}.1`);
    this.descriptor = openSync(this.file, 'a', 0o600);
    this.size = 0;
  }

  close() {
    closeSync(this.descriptor);
  }
}
