import { isRecord } from '../frames.ts';
import type { TopicMessage } from '../topic-entry.ts';

/**
 * The items of a state topic by key. `read` checks one item and gives undefined for what it cannot use, so that one
 * bad item costs itself alone.
 */
export class KeyedItems<T> {
  readonly byKey = new Map<string, T>();

  constructor(private readonly read: (item: Record<string, unknown>) => T | undefined) {}

  apply(message: TopicMessage): void {
    const items = message.data['items'];
    if (!Array.isArray(items)) return;
    if (message.kind === 'snapshot') this.byKey.clear();
    for (const item of items as unknown[]) {
      if (!isRecord(item) || typeof item['key'] !== 'string') continue;
      if (item['removed'] === true) {
        this.byKey.delete(item['key']);
        continue;
      }
      const known = this.read(item);
      if (known !== undefined) this.byKey.set(item['key'], known);
    }
  }
}
