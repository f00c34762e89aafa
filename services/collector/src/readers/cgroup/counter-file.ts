import { closeSync, openSync, readSync } from 'node:fs';

/**
 * How many descriptors may be kept open. What is beyond is opened for each reading, which costs about five times as
 * much but works.
 */
export class DescriptorBudget {
  private used = 0;
  private told = false;

  /** @param onSpent told once, when files have to be opened for each reading */
  constructor(
    private readonly limit: number,
    private readonly onSpent: (limit: number) => void,
  ) {}

  take(): boolean {
    if (this.used < this.limit) {
      this.used += 1;
      return true;
    }
    this.spent();
    return false;
  }

  give(): void {
    this.used -= 1;
  }

  spent(): void {
    if (this.told) return;
    this.told = true;
    this.onSpent(this.limit);
  }
}

const CLOSED = -1;

/** Bytes that no counter file exceeds: 500 network interfaces, or a memory.stat ten times today's. */
const BUFFER_BYTES = 64 * 1024;

/** All files are read into this one buffer, one after another. */
export const fileBytes: Buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);

/** What ran out: this process's descriptors, or the machine's. */
const OUT_OF_DESCRIPTORS = new Set(['EMFILE', 'ENFILE']);

function isOutOfDescriptors(error: unknown): boolean {
  return OUT_OF_DESCRIPTORS.has((error as NodeJS.ErrnoException).code ?? '');
}

/** A small file of the kernel that is read again and again through one descriptor. */
export class CounterFile {
  private descriptor = CLOSED;

  private constructor(
    readonly path: string,
    private readonly budget: DescriptorBudget,
  ) {}

  /** Undefined where there is no such file. */
  static open(path: string, budget: DescriptorBudget): CounterFile | undefined {
    const file = new CounterFile(path, budget);
    return file.openDescriptor() ? file : undefined;
  }

  /**
   * Reads the file's beginning into {@link fileBytes} and returns how many bytes there are; 0: none this time, as when
   * the machine has no descriptor left; -1: the file is gone, as when its container has ended (ENODEV from a descriptor
   * that is still open, ENOENT by path).
   */
  read(): number {
    if (this.descriptor === CLOSED) return this.readByPath();
    try {
      return readSync(this.descriptor, fileBytes, 0, BUFFER_BYTES, 0);
    } catch {
      return -1;
    }
  }

  close(): void {
    if (this.descriptor === CLOSED) return;
    closeSync(this.descriptor);
    this.descriptor = CLOSED;
    this.budget.give();
  }

  private openDescriptor(): boolean {
    const kept = this.budget.take();
    try {
      const descriptor = openSync(this.path, 'r');
      if (kept) this.descriptor = descriptor;
      else closeSync(descriptor);
      return true;
    } catch (error) {
      if (kept) this.budget.give();
      if (!isOutOfDescriptors(error)) return false;
      this.budget.spent();
      return true;
    }
  }

  private readByPath(): number {
    let descriptor = CLOSED;
    try {
      descriptor = openSync(this.path, 'r');
      return readSync(descriptor, fileBytes, 0, BUFFER_BYTES, 0);
    } catch (error) {
      return isOutOfDescriptors(error) ? 0 : -1;
    } finally {
      if (descriptor !== CLOSED) closeSync(descriptor);
    }
  }
}
