import { TestBed } from '@angular/core/testing';
import { Subject } from 'rxjs';
import type { AlertMessage, SessionEvent } from '@deckwatch/contracts';
import { anAlert, aSessionEvent } from '../../testing/builders.ts';
import { setUpConsole } from '../../testing/console.ts';
import { Connection } from '../core/connection.ts';
import { AlertStore } from '../core/stores/alert-store.ts';
import { SessionStore } from '../core/stores/session-store.ts';
import { ToastQueue } from '../ui/toast-queue.ts';
import { Router } from '@angular/router';
import { Alarms } from './alarms.ts';
import { AlertNotices } from './alert-notices.ts';
import { SessionNotices } from './session-notices.ts';

describe('notices', () => {
  let sessions: Subject<SessionEvent>;
  let alerts: Subject<AlertMessage>;
  const shown = () => TestBed.inject(ToastQueue).visible();
  const soon = () => jest.advanceTimersByTime(300);

  beforeEach(() => {
    const browser = setUpConsole();
    sessions = new Subject();
    alerts = new Subject();
    TestBed.overrideProvider(SessionStore, { useValue: { arrivals$: sessions } });
    TestBed.overrideProvider(AlertStore, { useValue: { arrivals$: alerts } });
    TestBed.inject(Connection).start();
    browser.socket.welcome();
    TestBed.inject(SessionNotices).follow();
    TestBed.inject(AlertNotices).follow();
  });
  afterEach(() => jest.useRealTimers());

  describe('of sessions', () => {
    it('tell that one began, in green, with the change and the count', () => {
      sessions.next(aSessionEvent({ user: 'ana', active: 12 }));
      soon();
      expect(shown()).toMatchObject([
        { tone: 'good', icon: 'user-plus', title: 'Session began in shop', body: 'ana · +1, now 12 active' },
      ]);
    });

    it('tell that one ended and how, in red', () => {
      sessions.next(aSessionEvent({ event: 'destroyed', reason: 'expired', user: null, active: 3, delta: -1 }));
      soon();
      expect(shown()).toMatchObject([
        { tone: 'bad', icon: 'user-minus', title: 'Session expired in shop', body: '−1, now 3 active' },
      ]);
    });

    it('make one toast of a burst and of those that follow while it stands', () => {
      for (let active = 1; active <= 40; active += 1) sessions.next(aSessionEvent({ id: `${active}`, active }));
      soon();
      sessions.next(aSessionEvent({ id: 'one more', active: 41 }));
      soon();
      expect(shown()).toMatchObject([{ title: '+41 sessions in shop', body: 'now 41 active' }]);
    });

    it('tell a wave that leaves as one, apart from those who come', () => {
      sessions.next(aSessionEvent({ active: 100 }));
      for (let active = 99; active >= 60; active -= 1)
        sessions.next(aSessionEvent({ id: `${active}`, event: 'destroyed', reason: 'logout', delta: -1, active }));
      soon();
      expect(shown()).toMatchObject([
        { title: 'Session began in shop' },
        { tone: 'bad', icon: 'user-minus', title: '−40 sessions in shop', body: 'now 60 active' },
      ]);
    });

    it('count anew after the toast is gone', () => {
      sessions.next(aSessionEvent());
      soon();
      jest.advanceTimersByTime(6000);
      sessions.next(aSessionEvent());
      soon();
      expect(shown()).toMatchObject([{ title: 'Session began in shop' }]);
    });

    it('do not tell those who look on of others who look on', () => {
      sessions.next(aSessionEvent({ app: 'deckwatch' }));
      soon();
      expect(shown()).toEqual([]);
    });

    it('do not tell of mere changes nor of what is long past', () => {
      sessions.next(aSessionEvent({ event: 'updated' }));
      sessions.next(aSessionEvent({ t: Date.now() - 60_000 }));
      soon();
      expect(shown()).toEqual([]);
    });
  });

  describe('of alerts', () => {
    const now = () => ({ t: Date.now() });

    it('tell of a firing alert by its severity and of its end in the same place', () => {
      alerts.next(anAlert({ severity: 'critical', ...now() }));
      soon();
      expect(shown()).toMatchObject([{ tone: 'bad', icon: 'alert', title: 'Host is busy' }]);
      alerts.next(anAlert({ state: 'resolved', severity: 'critical', ...now() }));
      soon();
      expect(shown()).toMatchObject([{ tone: 'good', title: 'Resolved: Host is busy', body: 'atlas' }]);
    });

    it('stay ten seconds', () => {
      alerts.next(anAlert(now()));
      soon();
      jest.advanceTimersByTime(9000);
      expect(shown()).toHaveLength(1);
      jest.advanceTimersByTime(1000);
      expect(shown()).toHaveLength(0);
    });

    it('say nothing of pending, recovered pending, acknowledged or silenced ones', () => {
      alerts.next(anAlert({ state: 'pending', ...now() }));
      alerts.next(anAlert({ state: 'resolved', firedAt: null, ...now() }));
      alerts.next(anAlert({ change: 'ack', ...now() }));
      alerts.next(anAlert({ silencedBy: ['s1'], ...now() }));
      alerts.next(anAlert({ inhibitedBy: 'other', ...now() }));
      soon();
      expect(shown()).toEqual([]);
    });

    it('make one toast of many at once', () => {
      for (const name of ['a', 'b', 'c', 'd', 'e']) {
        const target = { kind: 'container' as const, key: `atlas.${name}`, name, host: 'atlas' };
        alerts.next(anAlert({ id: name, target, ...now() }));
      }
      soon();
      expect(shown()).toMatchObject([{ tone: 'warn', title: '5 alerts began', body: 'a, b, c and 2 more' }]);
    });

    it('count on while the toasts of those before still stand, by the worst of them', () => {
      const next = (id: string, over = {}) => {
        alerts.next(anAlert({ id, ...now(), ...over }));
        soon();
      };
      next('a');
      next('b');
      expect(shown().map(({ title }) => title)).toEqual(['Host is busy', 'Host is busy']);
      next('c', { severity: 'critical' });
      expect(shown()).toMatchObject([{ tone: 'bad', icon: 'alert', title: '3 alerts began' }]);
      for (let n = 0; n < 9; n += 1) next(`more ${n}`);
      expect(shown()).toMatchObject([{ tone: 'bad', title: '12 alerts began' }]);
      jest.advanceTimersByTime(30_000);
      next('later');
      expect(shown()).toMatchObject([{ title: 'Host is busy' }]);
    });

    it('open the alert that they tell of, and all where they tell of many', () => {
      const navigate = jest.spyOn(TestBed.inject(Router), 'navigate').mockResolvedValue(true);
      alerts.next(anAlert(now()));
      soon();
      shown()[0]!.open!();
      expect(navigate).toHaveBeenLastCalledWith(['/alerts'], { queryParams: { alert: 'busy-atlas-1' } });
    });

    it('ring at once, and only for what begins', () => {
      const ring = jest.spyOn(TestBed.inject(Alarms), 'ring');
      alerts.next(anAlert(now()));
      alerts.next(anAlert({ state: 'resolved', ...now() }));
      alerts.next(anAlert({ silencedBy: ['s1'], ...now() }));
      expect(ring.mock.calls.map(([{ state }]) => state)).toEqual(['firing']);
    });
  });
});
