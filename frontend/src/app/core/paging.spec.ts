import { TestBed } from '@angular/core/testing';
import { of, Subject, throwError, type Observable } from 'rxjs';
import { paging, type Paging } from './paging.ts';

describe('paging', () => {
  let asked: (string | null)[];
  let answer: (cursor: string | null) => Observable<unknown>;
  let list: Paging<string>;
  beforeEach(() => {
    asked = [];
    answer = () => of({ items: [], nextCursor: null, total: 0 });
    list = TestBed.runInInjectionContext(() =>
      paging({
        read: (cursor) => {
          asked.push(cursor);
          return answer(cursor);
        },
        parse: (item) => (typeof item === 'string' ? item : undefined),
        keyOf: (item) => item,
      }),
    );
  });
  const pages = (cursor: string | null) =>
    of(
      cursor === null
        ? { items: ['a', 7, 'b'], nextCursor: 'two', total: 3 }
        : { items: ['b', 'c'], nextCursor: null, total: 3 },
    );

  it('adds page to page, each item once, until there is no more', () => {
    answer = pages;
    list.reset();
    expect([list.items(), list.total(), list.hasMore()]).toEqual([['a', 'b'], 3, true]);
    list.more();
    expect([list.items(), list.hasMore()]).toEqual([['a', 'b', 'c'], false]);
    list.more();
    expect(asked).toEqual([null, 'two']);
  });

  it('asks once while an answer is due', () => {
    answer = () => new Subject();
    list.reset();
    list.more();
    expect(list.state()).toBe('loading');
    expect(asked).toHaveLength(1);
  });

  it('says what failed, keeps what it has, and tries the same page again', () => {
    answer = pages;
    list.reset();
    answer = () => throwError(() => new Error('history is away'));
    list.more();
    expect([list.state(), list.error(), list.items().length]).toEqual(['failed', 'history is away', 2]);
    answer = pages;
    list.more();
    expect(asked).toEqual([null, 'two', 'two']);
    expect([list.state(), list.error(), list.items().length]).toEqual(['idle', '', 3]);
  });

  it('begins anew, and takes no late answer of the list before', () => {
    const late = new Subject<unknown>();
    answer = () => late;
    list.reset();
    answer = pages;
    list.reset();
    late.next({ items: ['old'], nextCursor: null, total: 1 });
    expect(list.items()).toEqual(['a', 'b']);
  });

  it('lives with an answer that is none', () => {
    answer = () => of('nonsense');
    list.reset();
    expect([list.items(), list.total(), list.hasMore(), list.state()]).toEqual([[], null, false, 'idle']);
  });
});
