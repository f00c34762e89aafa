import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let ofThisRun: string | undefined;

/**
 * A folder for a part of this run, in one for all of it. That one is removed when the run ends well; otherwise it is kept,
 * and named on standard error: the logs in it are wanted then.
 */
export function makeFolder(name: string): string {
  ofThisRun ??= begin();
  return mkdtempSync(join(ofThisRun, `${name}-`));
}

function begin(): string {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  process.once('exit', (code) => {
    if (code === 0) rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    else process.stderr.write(`logs and data are kept in ${folder}\n`);
  });
  return folder;
}
