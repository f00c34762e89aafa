import type { EngineAddress } from '../engine/engine-address.ts';
import type { CgroupLayout } from './cgroup/layout.ts';

export interface ChoiceFacts {
  setting: 'auto' | 'cgroup' | 'engine';
  demo: boolean;
  locality: Locality;
  layout: CgroupLayout | undefined;
}

/** A simulated engine has figures of its own alone; else as the user wants; else files where they can be this engine's. */
export function chooseReader({ setting, demo, locality, layout }: ChoiceFacts): 'cgroup' | 'engine' {
  if (demo || setting === 'engine') return 'engine';
  if (setting === 'cgroup') return 'cgroup';
  return locality !== 'elsewhere' && layout ? 'cgroup' : 'engine';
}

/** Where an engine runs: on this machine, elsewhere, or where only its containers can tell. */
export type Locality = 'here' | 'perhaps' | 'elsewhere';

/**
 * An engine that listens on a socket and whose kernel is this one is here (that of Docker Desktop runs in a virtual
 * machine behind a local socket). One behind an address with the same kernel may be this machine's, behind a proxy of
 * its socket: it is when its containers are found among the cgroups.
 */
export function locality(address: EngineAddress, engineKernel: string | null, ownKernel: string | null): Locality {
  if (engineKernel !== null && ownKernel !== null && engineKernel !== ownKernel) return 'elsewhere';
  if (address.kind === 'unix') return 'here';
  // A collector of a cluster runs on its node, whose files may be mounted or not.
  if (address.kind === 'kubernetes') return 'perhaps';
  return engineKernel !== null && ownKernel !== null ? 'perhaps' : 'elsewhere';
}
