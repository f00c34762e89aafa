import type { EngineAddress } from '../engine/engine-address.ts';
import type { CgroupLayout } from './cgroup/layout.ts';

export interface ChoiceFacts {
  setting: 'auto' | 'cgroup' | 'engine';
  demo: boolean;
  /** Whether the engine runs on this machine. */
  local: boolean;
  layout: CgroupLayout | undefined;
}

/** A simulated engine has figures of its own alone; else as the user wants; else files where they can be this engine's. */
export function chooseReader({ setting, demo, local, layout }: ChoiceFacts): 'cgroup' | 'engine' {
  if (demo || setting === 'engine') return 'engine';
  if (setting === 'cgroup') return 'cgroup';
  return local && layout ? 'cgroup' : 'engine';
}

/**
 * Whether an engine runs on this machine: it listens on a socket here, and its kernel is this one (that of Docker
 * Desktop runs in a virtual machine behind a local socket).
 */
export function isLocal(address: EngineAddress, engineKernel: string | null, ownKernel: string | null): boolean {
  return address.kind === 'unix' && (engineKernel === null || ownKernel === null || engineKernel === ownKernel);
}
