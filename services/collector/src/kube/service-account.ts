import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Kubernetes writes a new token long before the old one ends; reading the file again so often costs nothing. */
const READ_AGAIN_MS = 10_000;

/** The token and the authority that Kubernetes mounts into a pod: both are renewed while it runs. */
export class ServiceAccount {
  private kept = { token: '', ca: '' };
  private readAt = -Infinity;

  /**
   * @param folder the one with `token` and `ca.crt`
   * @param steady milliseconds of a steady clock
   */
  constructor(
    readonly folder: string,
    private readonly steady: () => number,
  ) {}

  /** The token as it stands now. Throws where the file can't be read. */
  get token(): string {
    return this.current().token;
  }

  /** The certificates of the cluster's authority in PEM; empty where there is no such file. */
  get ca(): string {
    return this.current().ca;
  }

  /** The token was refused: looks again at once. Returns whether there is another one. */
  renew(): boolean {
    const before = this.kept.token;
    this.readAt = -Infinity;
    return this.token !== before;
  }

  /** Tells one cluster from another: a hash of its authority. */
  get cluster(): string {
    return createHash('sha256').update(this.ca.trim()).digest('hex').slice(0, 16);
  }

  private current(): { token: string; ca: string } {
    if (this.steady() - this.readAt < READ_AGAIN_MS) return this.kept;
    this.kept = { token: readFileSync(join(this.folder, 'token'), 'utf8').trim(), ca: this.readCa() };
    this.readAt = this.steady();
    return this.kept;
  }

  private readCa(): string {
    try {
      return readFileSync(join(this.folder, 'ca.crt'), 'utf8');
    } catch {
      return '';
    }
  }
}
