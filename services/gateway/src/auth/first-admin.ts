import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '@deckwatch/service-kit';
import type { AccountBook } from './accounts/account-book.ts';

/** Where a generated password is left for whoever starts Deckwatch; to be read once and removed. */
export const FIRST_PASSWORD_FILE = 'first-admin-password';

/** Makes the user `admin` where there is no user yet, with the given password or a generated one. */
export async function ensureFirstAdmin(
  accounts: AccountBook,
  given: string | undefined,
  dataFolder: string,
  log: Log,
): Promise<void> {
  if (accounts.list().length > 0) return;
  const password = given ?? randomBytes(15).toString('base64url');
  if (!(await accounts.makeFirstAdmin(password)) || given !== undefined) return;
  const file = join(dataFolder, FIRST_PASSWORD_FILE);
  try {
    mkdirSync(dataFolder, { recursive: true });
    writeFileSync(file, `${password}\n`, { mode: 0o600 });
    log.warn('the user admin was made; its password is in a file: sign in, then remove the file', { file });
  } catch {
    // Nowhere to write: said once, where only who runs the service reads it, and never again.
    process.stderr.write(`the user admin was made with the password ${password}\n`);
  }
}
