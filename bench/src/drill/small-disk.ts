import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const SIZE = '128m';
/** Written at once. */
const PIECE = 1024 * 1024;

/** A file system of its own in memory, small enough to be filled. Needs root. */
export class SmallDisk {
  private constructor(readonly folder: string) {}

  static async mount(): Promise<SmallDisk> {
    const folder = await mkdtemp(join(tmpdir(), 'dw-disk-'));
    await promisify(execFile)('mount', ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', folder]);
    return new SmallDisk(folder);
  }

  /** Leaves no room on it. */
  async fill(): Promise<void> {
    const { bavail, bsize } = await statfs(this.folder);
    const ballast = Buffer.alloc(PIECE);
    for (let left = bavail * bsize, n = 0; left > 0; left -= PIECE, n += 1) {
      const piece = ballast.subarray(0, Math.min(PIECE, left));
      // Whoever lives there writes meanwhile, so that the last pieces may not fit.
      await writeFile(join(this.folder, `ballast-${n}`), piece).catch(() => undefined);
    }
  }

  async empty(): Promise<void> {
    const names = (await readdir(this.folder)).filter((name) => name.startsWith('ballast-'));
    await Promise.all(names.map((name) => rm(join(this.folder, name))));
  }

  async unmount(): Promise<void> {
    await promisify(execFile)('umount', ['-l', this.folder]).catch(() => undefined);
    await rm(this.folder, { recursive: true, force: true });
  }
}
