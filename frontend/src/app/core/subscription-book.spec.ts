import { SubscriptionBook } from './subscription-book.ts';

describe('SubscriptionBook', () => {
  const nowhere = () => null;

  it('asks for topics of equal wishes in one request and for others in their own', () => {
    const book = new SubscriptionBook();
    book.want('hosts', {});
    book.want('alerts', {});
    book.want('stats.visible', { keys: ['atlas.a'], rateMs: 500 });
    const { subscribe } = book.requests(nowhere);
    expect(subscribe).toEqual([
      { id: 1, topics: ['hosts', 'alerts'] },
      { id: 2, topics: ['stats.visible'], keys: ['atlas.a'], rateMs: 500 },
    ]);
  });

  it('asks once, and again only for a changed wish', () => {
    const book = new SubscriptionBook();
    book.want('stats.visible', { keys: ['a'] });
    book.requests(nowhere);
    expect(book.requests(nowhere).subscribe).toEqual([]);
    book.want('stats.visible', { keys: ['b'] });
    expect(book.requests(nowhere).subscribe).toEqual([{ id: 2, topics: ['stats.visible'], keys: ['b'] }]);
  });

  it('ends what nobody wants any more, but not what was never asked for', () => {
    const book = new SubscriptionBook();
    book.want('hosts', {});
    book.requests(nowhere);
    book.drop('hosts');
    book.want('alerts', {});
    book.drop('alerts');
    expect(book.requests(nowhere)).toEqual({ subscribe: [], unsubscribe: ['hosts'] });
    expect(book.requests(nowhere).unsubscribe).toEqual([]);
  });

  it('says where to resume', () => {
    const book = new SubscriptionBook();
    book.want('alerts', {});
    book.want('hosts', {});
    const { subscribe } = book.requests((topic) => (topic === 'alerts' ? { epoch: 'e', seq: 5 } : null));
    expect(subscribe).toEqual([{ id: 1, topics: ['alerts', 'hosts'], since: { alerts: { epoch: 'e', seq: 5 } } }]);
  });

  it('asks for everything again on a new connection', () => {
    const book = new SubscriptionBook();
    book.want('hosts', {});
    book.requests(nowhere);
    book.forgetAll();
    expect(book.requests(nowhere).subscribe).toHaveLength(1);
  });
});
