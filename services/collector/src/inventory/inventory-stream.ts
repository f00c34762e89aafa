import type { Bus, SubjectLog } from '@deckwatch/bus';
import { STREAMS } from '@deckwatch/contracts';

/** The stream that holds the inventory. */
export interface InventoryStream extends Pick<SubjectLog, 'append' | 'last' | 'forget' | 'purge'> {
  /** The subjects under `filter` that hold any message. Rejects while the broker is away. */
  present(filter: string): Promise<Set<string>>;
}

export function inventoryStream(bus: Bus): InventoryStream {
  const log = bus.log('CONTAINERS');
  return {
    append: (subject, message, expected, signal) => log.append(subject, message, expected, signal),
    last: (filter, schema) => log.last(filter, schema),
    forget: (subject) => log.forget(subject),
    purge: (subject) => log.purge(subject),
    async present(filter) {
      const { state } = await bus.jsm.streams.info(STREAMS.CONTAINERS.name, { subjects_filter: filter });
      return new Set(Object.keys(state.subjects ?? {}));
    },
  };
}
