import { hostname } from 'node:os';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import type { EngineAddress } from '../engine/engine-address.ts';
import { textOf } from './proc-file.ts';

/** Something that stays the same on this machine: its own id, else what its boot was called. */
export function machineId(procRoot: string): string {
  const own =
    textOf('/etc/machine-id')?.trim() || textOf(join(procRoot, 'sys/kernel/random/boot_id'))?.trim() || hostname();
  return createHash('sha256').update(own).digest('hex').slice(0, 32);
}

/** The kernel that runs here, as `uname -r` says it. */
export function kernelRelease(procRoot: string): string | null {
  return textOf(join(procRoot, 'sys/kernel/osrelease'))?.trim() || null;
}

/** What the host is called: as set, as the engine calls itself, as Kubernetes calls the node, as the machine is called. */
export function hostName(names: {
  set?: string | undefined;
  engine?: string | undefined;
  node?: string | undefined;
  address: EngineAddress;
}): string {
  const machine = names.address.kind === 'tcp' ? names.address.host : hostname();
  return names.set || names.engine || names.node || machine;
}
