import { shortId } from '@deckwatch/contracts';
import type { ContainerFacts } from '../engine/engine.ts';
import type { RunWatcher } from '../inventory/inventory.ts';
import { ContainerTag } from '../sweep/container-tag.ts';
import type { NetworkOwnership, Reader, ReadTarget } from './reader.ts';

interface Run extends ReadTarget {
  readonly startedAt: number | null;
}

/** Which containers run, and the reader that reads them: one takes over from another where it stands. */
export class Watchlist implements RunWatcher {
  private readonly runs = new Map<string, Run>();
  private current: Reader | undefined;

  constructor(private readonly host: string) {}

  get reader(): Reader | undefined {
    return this.current;
  }

  get size(): number {
    return this.runs.size;
  }

  use(reader: Reader | undefined): void {
    this.current?.close();
    this.current = reader;
    // Who takes over has not seen their beginning.
    for (const [id, run] of this.runs) {
      const target = { ...run, bornAt: null };
      this.runs.set(id, target);
      reader?.watch(target);
    }
  }

  running(facts: ContainerFacts, witnessed: boolean): void {
    const id = shortId(facts.id);
    const known = this.runs.get(id);
    if (known) known.tag.rename(facts.name);
    const fullId = facts.runId ?? facts.id;
    const pid = facts.pid ?? 0;
    const { startedAt } = facts;
    const sameRun = known?.pid === pid && known.startedAt === startedAt && known.fullId === fullId;
    if (sameRun && this.current?.watches(id)) return;
    const run: Run = {
      id,
      fullId,
      pid,
      cgroupParent: facts.cgroupParent,
      ...(facts.cgroupPaths && { cgroupPaths: facts.cgroupPaths }),
      network: networkOwnership(facts.networkMode),
      startedAt,
      bornAt: witnessed ? startedAt : null,
      tag: known?.tag ?? new ContainerTag(this.host, id, facts.name),
    };
    this.runs.set(id, run);
    this.current?.watch(run);
  }

  resting(id: string): void {
    if (this.runs.delete(id)) this.current?.unwatch(id);
  }

  renamed(id: string, name: string): void {
    this.runs.get(id)?.tag.rename(name);
  }
}

/** Docker's network modes: a name of a network, `bridge`, `default`, `host`, `none`, `container:<id>`. */
export function networkOwnership(mode: string): NetworkOwnership {
  if (mode === 'host' || mode === 'none') return mode;
  return mode.startsWith('container:') ? 'shared' : 'own';
}
