import { fullId, someFacts } from '../../test/fake-engine.ts';
import type { Reader, ReadTarget } from './reader.ts';
import { networkOwnership, Watchlist } from './watchlist.ts';

class FakeReader implements Reader {
  readonly kind = 'cgroup';
  readonly shortestIntervalMs = 250;
  readonly watched: ReadTarget[] = [];
  readonly unwatched: string[] = [];
  closed = false;
  holds = true;
  watch = (target: ReadTarget): void => void this.watched.push(target);
  unwatch = (id: string): void => void this.unwatched.push(id);
  watches = (): boolean => this.holds;
  hurry = (): void => undefined;
  sweep = (): void => undefined;
  close = (): void => void (this.closed = true);
}

const ID = fullId('web').slice(0, 12);

describe('the list of running containers', () => {
  it('has each run watched once', () => {
    const list = new Watchlist('box');
    const reader = new FakeReader();
    list.use(reader);
    list.running(someFacts(), true);
    list.running(someFacts(), false);
    expect(reader.watched).toEqual([
      expect.objectContaining({ id: ID, fullId: fullId('web'), bornAt: 1000, network: 'own' }),
    ]);
    list.running(someFacts({ startedAt: 5000, pid: 9 }), false);
    expect(reader.watched[1]).toMatchObject({ bornAt: null, pid: 9 });
  });

  it('has a run watched again that the reader has lost hold of', () => {
    const list = new Watchlist('box');
    const reader = new FakeReader();
    list.use(reader);
    list.running(someFacts(), true);
    reader.holds = false;
    list.running(someFacts(), false);
    expect(reader.watched).toHaveLength(2);
  });

  it('ends the watch once when a container rests', () => {
    const list = new Watchlist('box');
    const reader = new FakeReader();
    list.use(reader);
    list.running(someFacts(), true);
    list.resting(ID);
    list.resting(ID);
    expect(reader.unwatched).toEqual([ID]);
  });

  it('hands all over to another reader, which has not seen them start', () => {
    const list = new Watchlist('box');
    const first = new FakeReader();
    list.use(first);
    list.running(someFacts(), true);
    const second = new FakeReader();
    list.use(second);
    expect(first.closed).toBe(true);
    expect(second.watched).toEqual([expect.objectContaining({ id: ID, bornAt: null })]);
  });

  it('writes the new name of a container that was renamed', () => {
    const list = new Watchlist('box');
    const reader = new FakeReader();
    list.use(reader);
    list.running(someFacts(), true);
    list.renamed(ID, 'new "name"');
    expect(reader.watched[0]!.tag.messageHead.toString()).toBe(
      `{"v":1,"host":"box","id":"${ID}","name":"new \\"name\\"","t":`,
    );
  });
});

it.each([
  ['default', 'own'],
  ['bridge', 'own'],
  ['my_network', 'own'],
  ['host', 'host'],
  ['none', 'none'],
  ['container:abc', 'shared'],
] as const)('network mode %s is counted as %s', (mode, ownership) => {
  expect(networkOwnership(mode)).toBe(ownership);
});
