import type { Container, Host, SessionCount, SystemItem } from '@deckwatch/contracts';
import { FlagBoard } from './flag-board.ts';
import { Inventory } from './inventory.ts';
import { ItemBoard } from './item-board.ts';
import { Roster } from './roster.ts';
import { StatsBoard } from './stats-board.ts';
import { ValueBoard } from './value-board.ts';

/** What the state topics show, and what keeps it in order. */
export class Boards {
  readonly hosts: ItemBoard<Host>;
  readonly containers: ItemBoard<Container>;
  readonly system: ItemBoard<SystemItem>;
  readonly sessionCount = new ValueBoard<SessionCount>();
  readonly stats: StatsBoard;
  readonly flags: FlagBoard;
  readonly roster: Roster;
  readonly inventory: Inventory;

  constructor(now: () => number) {
    this.hosts = new ItemBoard(now);
    this.containers = new ItemBoard(now, false);
    this.system = new ItemBoard(now);
    this.stats = new StatsBoard(now);
    this.flags = new FlagBoard(this.system, now);
    this.roster = new Roster(this.system, now);
    this.inventory = new Inventory(this.containers, this.stats, (host) => this.hosts.get(host)?.demo ?? false);
  }
}
