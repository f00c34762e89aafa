import type { Bus, TailItem } from '@deckwatch/bus';

/** All that a stream holds. */
export function storedItems(bus: Bus, stream: 'ALERTS' | 'SESSIONS' | 'CONTAINERS'): Promise<TailItem[]> {
  return new Promise((resolve) => {
    const items: TailItem[] = [];
    const tail = bus.tail(stream, {
      from: 1,
      onMessage: (item) => items.push(item),
      onCaughtUp: () => {
        tail.stop();
        resolve(items);
      },
    });
    tail.start();
  });
}
