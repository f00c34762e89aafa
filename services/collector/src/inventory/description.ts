import type { ContainerFacts, EngineEvent } from '../engine/engine.ts';
import { boundLabels, membership } from './labels.ts';

/** What stays the same over a container's life. */
export interface Description {
  name: string;
  image: string;
  labels: Record<string, string>;
  project: string | null;
  service: string | null;
  createdAt: number | null;
}

/** What an event tells along beside the labels. */
const NOT_LABELS = ['name', 'image', 'exitCode', 'signal', 'oldName', 'execDuration'];
const LONGEST_NAME = 255;
const LONGEST_IMAGE = 1024;

/** Describes a container by an inspection, or where it is gone already by what the event told of it. */
export function describe(told: EngineEvent | ContainerFacts, facts: ContainerFacts | undefined): Description {
  const all = facts?.labels ?? ('attributes' in told ? without(told.attributes, NOT_LABELS) : told.labels);
  const { labels } = boundLabels(all);
  return {
    name: told.name.slice(0, LONGEST_NAME),
    image: (facts?.image || told.image).slice(0, LONGEST_IMAGE),
    labels,
    ...(facts?.belongsTo ?? ('belongsTo' in told ? told.belongsTo : undefined) ?? membership(all)),
    createdAt: facts?.createdAt ?? ('action' in told && told.action === 'create' ? told.t : null),
  };
}

function without(attributes: Record<string, string>, names: string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !names.includes(name)));
}
