import type { Bus, StreamTail } from '@deckwatch/bus';
import { ContainerEvent, containerKey, type Container } from '@deckwatch/contracts';
import type { Inventory } from '../topics/inventory.ts';
import type { ItemBoard } from '../topics/item-board.ts';

/** Fills the inventory from the stream `CONTAINERS`: the last event of each container, then each as it is stored. */
export class InventoryFeed {
  private readonly tail: StreamTail;
  /** Keys that were told since the stream began anew; undefined: all has been told. */
  private told?: Set<string>;

  constructor(bus: Bus, inventory: Inventory, board: ItemBoard<Container>) {
    this.tail = bus.tail('CONTAINERS', {
      from: 'last-per-subject',
      onReset: () => {
        this.told = new Set();
      },
      onMessage: (item) => {
        const event = ContainerEvent.parse(item.json());
        this.told?.add(containerKey(event.host, event.id));
        inventory.apply(event);
      },
      onCaughtUp: () => {
        if (this.told) inventory.retainOnly(this.told);
        this.told = undefined;
        board.warmUp();
      },
    });
  }

  start(): void {
    this.tail.start();
  }

  stop(): void {
    this.tail.stop();
  }
}
