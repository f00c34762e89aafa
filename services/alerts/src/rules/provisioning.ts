import { readFile } from 'node:fs/promises';
import type { Log } from '@deckwatch/bus';
import type { ProvisioningStatus } from '@deckwatch/contracts';
import type { Clock, Timer } from '@deckwatch/service-kit';
import { ProvisioningFault, readProvisioning, type Provisioned } from './provisioning-file.ts';

export interface ProvisioningOptions {
  /** undefined: nothing is provisioned. */
  path: string | undefined;
  clock: Clock;
  log: Log;
  channels(): ReadonlySet<string>;
  apply(provisioned: Provisioned): void;
  read?(path: string): Promise<string>;
}

/** A file is looked at so often: also where it is replaced by a link, as Kubernetes does, which no watch reports. */
const LOOK_MS = 2000;

/** Follows the provisioning file. One that is wrong changes nothing: what was read before stays, and the fault shows. */
export class Provisioning {
  private text?: string;
  private timer?: Timer;
  private closed = false;
  private current: ProvisioningStatus;

  constructor(private readonly options: ProvisioningOptions) {
    this.current = { file: options.path ?? null, loadedAt: null, rules: 0, silences: 0, fault: null, errors: [] };
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
    const { read = (file: string) => readFile(file, 'utf8'), log, clock, channels, apply } = this.options;
    try {
      const text = await read(path);
      // A file that names an unknown channel is looked at again: it may have been made meanwhile.
      if (this.closed || (text === this.text && this.current.fault === null)) return;
      this.text = text;
      const provisioned = readProvisioning(text, channels());
      apply(provisioned);
      const { rules, silences } = provisioned;
      this.current = { file: path, loadedAt: clock.now(), rules: rules.length, silences: silences.length, fault: null, errors: [] }; // prettier-ignore
      log.info('rules file read', { rules: rules.length, silences: silences.length });
    } catch (error) {
      const fault = error instanceof Error ? error.message : String(error);
      if (fault !== this.current.fault) log.warn('rules file not taken, what was there stays', { fault });
      const errors = error instanceof ProvisioningFault ? [...error.errors] : [];
      this.current = { ...this.current, fault, errors };
    }
  }
}
