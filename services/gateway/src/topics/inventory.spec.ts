import type { Container } from '@deckwatch/contracts';
import { AN_ID, A_MOMENT, aContainerEvent, aStatsSweep } from '@deckwatch/testing';
import { Inventory } from './inventory.ts';
import { ItemBoard } from './item-board.ts';
import { StatsBoard } from './stats-board.ts';

function setUp() {
  const board = new ItemBoard<Container>(() => 0);
  const stats = new StatsBoard(() => 0);
  const demos = new Set<string>();
  const inventory = new Inventory(board, stats, (host) => demos.has(host));
  const rows = () => stats.hosts.get('alpha')?.rows.size ?? 0;
  return { board, stats, demos, inventory, rows };
}
const KEY = `alpha.${AN_ID}`;

describe('Inventory', () => {
  it('keeps a container as its last event says', () => {
    const { board, inventory } = setUp();
    inventory.apply(aContainerEvent());
    inventory.apply(aContainerEvent({ event: 'renamed', name: 'web-2' }));
    expect(board.get(KEY)).toMatchObject({ key: KEY, name: 'web-2', demo: false });
  });

  it('takes out what was removed', () => {
    const { board, inventory } = setUp();
    inventory.apply(aContainerEvent());
    inventory.apply(aContainerEvent({ event: 'removed', state: 'dead' }));
    expect(board.size).toBe(0);
  });

  it.each([
    ['died', 'exited', 0],
    ['removed', 'dead', 0],
    ['paused', 'paused', 1],
    ['unhealthy', 'running', 1],
  ] as const)('leaves, when one %s, the figures that are still true', (event, state, left) => {
    const { stats, inventory, rows } = setUp();
    inventory.apply(aContainerEvent());
    stats.accept(aStatsSweep());
    inventory.apply(aContainerEvent({ event, state, t: A_MOMENT + 1 }));
    expect(rows()).toBe(left);
  });

  it('relabels the containers of a host that turns out to be a demo', () => {
    const { board, demos, inventory } = setUp();
    inventory.apply(aContainerEvent());
    demos.add('alpha');
    inventory.relabel('alpha');
    expect(board.get(KEY)!.demo).toBe(true);
  });

  it('forgets what a new stream does not tell again', () => {
    const { board, inventory } = setUp();
    inventory.apply(aContainerEvent());
    inventory.apply(aContainerEvent({ host: 'beta' }));
    inventory.retainOnly(new Set([KEY]));
    expect([...board.all()].map(({ key }) => key)).toEqual([KEY]);
  });
});
