import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';

/** OWASP's least for argon2id: 19 MiB, two passes, one lane. */
const MEMORY_KIB = 19_456;
const PASSES = 2;
const LANES = 1;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
const PHC = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$([\w+/]+)\$([\w+/]+)$/;

interface Cost {
  memory: number;
  passes: number;
  lanes: number;
}

/** Too many passwords are being checked at this moment. */
export class TooBusy extends Error {}

const AT_ONCE = 2;
const MOST_WAITING = 64;
/** Of those who go first, beyond the others. */
const MOST_REGULARS = 64;

/**
 * Hashes passwords with argon2id, off the event loop and two at a time, so that a flood of sign-ins leaves the processor to
 * others; written as PHC strings: https://github.com/P-H-C/phc-string-format.
 */
export class PasswordHasher {
  private busy = 0;
  private readonly waiting: (() => void)[] = [];
  private readonly regulars: (() => void)[] = [];
  /** What an unknown user's password is compared with, so that the answer takes as long as for a known one. */
  private readonly nobody: Promise<string>;

  constructor() {
    this.nobody = this.hash(randomBytes(24).toString('base64'));
  }

  async hash(password: string): Promise<string> {
    const salt = randomBytes(SALT_BYTES);
    const hash = await this.inTurn(() => derive(password, salt, { memory: MEMORY_KIB, passes: PASSES, lanes: LANES }));
    return `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${LANES}$${unpadded(salt)}$${unpadded(hash)}`;
  }

  /**
   * @param stored undefined: there is no such user; the same work is done, and the answer is no
   * @param isRegular goes before all who are not, so that a flood of strangers does not keep him out. Throws TooBusy.
   */
  async verify(password: string, stored: string | undefined, isRegular = false): Promise<boolean> {
    const [, memory, passes, lanes, salt, hash] = PHC.exec(stored ?? (await this.nobody)) ?? [];
    if (!salt || !hash) return false;
    const cost = { memory: Number(memory), passes: Number(passes), lanes: Number(lanes) };
    const expected = Buffer.from(hash, 'base64');
    const found = await this.inTurn(
      () => derive(password, Buffer.from(salt, 'base64'), cost, expected.length),
      isRegular,
    );
    return timingSafeEqual(found, expected) && stored !== undefined;
  }

  private async inTurn<T>(work: () => Promise<T>, isRegular = false): Promise<T> {
    if (this.busy >= AT_ONCE) {
      const [queue, most] = isRegular ? [this.regulars, MOST_REGULARS] : [this.waiting, MOST_WAITING];
      if (queue.length >= most) throw new TooBusy('too many passwords are being checked');
      await new Promise<void>((resolve) => queue.push(resolve));
    } else {
      this.busy += 1;
    }
    try {
      return await work();
    } finally {
      const next = this.regulars.shift() ?? this.waiting.shift();
      if (next) next();
      else this.busy -= 1;
    }
  }
}

function derive(
  password: string,
  nonce: Buffer,
  { memory, passes, lanes }: Cost,
  tagLength = HASH_BYTES,
): Promise<Buffer> {
  // prettier-ignore
  const message = Buffer.from(password.normalize('NFKC'));
  return new Promise((resolve, reject) => {
    argon2('argon2id', { message, nonce, parallelism: lanes, tagLength, memory, passes }, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
