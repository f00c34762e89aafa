import { TestBed } from '@angular/core/testing';
import { Subject } from 'rxjs';
import { aSessionEvent } from '../../testing/builders.ts';
import { setUpConsole } from '../../testing/console.ts';
import { marbles } from '../../testing/marbles.ts';
import { SessionStore } from '../core/stores/session-store.ts';
import { ToastQueue } from '../ui/toast-queue.ts';
import { SessionNotices } from './session-notices.ts';

describe('notices of sessions in time', () => {
  const told = new Subject<string>();
  beforeEach(setUpConsole);
  afterEach(() => jest.useRealTimers());

  it('are at most one each quarter of a second for an app, and none when nobody came', () =>
    marbles(({ hot, cold, expectObservable }) => {
      const came = aSessionEvent({ app: 'shop' });
      const arrivals$ = hot('100ms (cccc) 46ms c 150ms c 400ms c', { c: came });
      TestBed.overrideProvider(SessionStore, { useValue: { arrivals$ } });
      const queue = TestBed.inject(ToastQueue);
      jest.spyOn(queue, 'show').mockImplementation(({ title }) => told.next(title));
      jest.spyOn(queue, 'isVisible').mockReturnValue(false);
      TestBed.inject(SessionNotices).follow();
      cold('5s x').subscribe(() => TestBed.resetTestingModule());
      expectObservable(told, '6s !').toBe('250ms a 249ms b 249ms c', {
        a: '+5 sessions in shop',
        b: 'Session began in shop',
        c: 'Session began in shop',
      });
    }));
});
