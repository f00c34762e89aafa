import { readFile } from 'node:fs/promises';
import type { Log } from '@deckwatch/bus';
import type { ProvisioningStatus } from '@deckwatch/contracts';
import type { Clock, Timer } from '@deckwatch/service-kit';
import type { References } from './provisioned-channels.ts';
import { ProvisioningFault, readProvisioning, secretFilesOf, type Provisioned } from './provisioning-file.ts';

export interface ProvisioningOptions {
  /** undefined: nothing is provisioned. */
  path: string | undefined;
  clock: Clock;
  log: Log;
  /** Those that do not come from the file. */
  channels(): ReadonlySet<string>;
  references: References;
  apply(provisioned: Provisioned): void;
  read?(path: string): Promise<string>;
}

/** A file is looked at so often: also where it is replaced by a link, as Kubernetes does, which no watch reports. */
const LOOK_MS = 2000;

/** Follows the provisioning file. One that is wrong changes nothing: what was read before stays, and the fault shows. */
export class Provisioning {
  /** The file and the secrets that it names, as they were taken. */
  private taken?: string;
  private timer?: Timer;
  private closed = false;
  private current: ProvisioningStatus;

  constructor(private readonly options: ProvisioningOptions) {
    this.current = { file: options.path ?? null, loadedAt: null, rules: 0, channels: 0, silences: 0, fault: null, errors: [] }; // prettier-ignore
  }

  get status(): ProvisioningStatus {
    return this.current;
  }

  /** Resolves when the file was read for the first time. */
  async open(): Promise<void> {
    if (this.options.path === undefined) return;
    await this.look(this.options.path);
    if (!this.closed) this.timer = this.options.clock.setTimeout(() => void this.open(), LOOK_MS);
  }

  close(): void {
    this.closed = true;
    this.options.clock.clearTimeout(this.timer);
  }

  private async look(path: string): Promise<void> {
    const { read = (file: string) => readFile(file, 'utf8'), log, clock, references, apply } = this.options;
    try {
      const text = await read(path);
      const secrets = await Promise.all(secretFilesOf(text).map((file) => references.read(file).catch(() => null)));
      const taken = JSON.stringify([text, secrets]);
      // A file that names an unknown channel is looked at again: it may have been made meanwhile.
      if (this.closed || (taken === this.taken && this.current.fault === null)) return;
      this.taken = taken;
      const provisioned = await readProvisioning(text, { channels: this.options.channels(), references });
      if (this.closed) return;
      apply(provisioned);
      const { rules, channels, silences } = provisioned;
      const counts = { rules: rules.length, channels: channels.length, silences: silences.length };
      this.current = { file: path, loadedAt: clock.now(), ...counts, fault: null, errors: [] };
      log.info('rules file read', counts);
    } catch (error) {
      const fault = error instanceof Error ? error.message : String(error);
      if (fault !== this.current.fault) log.warn('rules file not taken, what was there stays', { fault });
      const errors = error instanceof ProvisioningFault ? [...error.errors] : [];
      this.current = { ...this.current, fault, errors };
    }
  }
}
