import { TestBed } from '@angular/core/testing';
import { anAlert } from '../../testing/builders.ts';
import { AlarmBell } from './alarm-bell.ts';
import { Alarms } from './alarms.ts';

class FakeNotice {
  static readonly shown: FakeNotice[] = [];
  static permission: NotificationPermission = 'granted';
  static readonly requestPermission = () => Promise.resolve(FakeNotice.permission);
  onclick: (() => void) | null = null;
  readonly close = jest.fn();
  constructor(
    readonly title: string,
    readonly options: NotificationOptions,
  ) {
    FakeNotice.shown.push(this);
  }
}

const both = { notifies: true, sounds: false };
const titles = () => FakeNotice.shown.map(({ title }) => title);

describe('alarms', () => {
  const open = jest.fn();
  let focused: boolean;
  let held: { name: string }[];

  beforeEach(() => {
    localStorage.clear();
    jest.useFakeTimers({ now: 1e12 });
    FakeNotice.shown.length = 0;
    FakeNotice.permission = 'granted';
    focused = false;
    held = [];
    jest.spyOn(document, 'hasFocus').mockImplementation(() => focused);
    const locks = {
      request: (_name: string, ...rest: unknown[]) => Promise.resolve((rest.at(-1) as () => unknown)()),
      query: () => Promise.resolve({ held }),
    };
    Object.defineProperty(navigator, 'locks', { value: locks, configurable: true });
    Object.assign(globalThis, { Notification: FakeNotice });
  });
  afterEach(() => {
    Reflect.deleteProperty(navigator, 'locks');
    Reflect.deleteProperty(globalThis, 'Notification');
    jest.restoreAllMocks();
    jest.useRealTimers();
  });

  it('tell of one alert by its severity and rule; a click shows it', async () => {
    await new AlarmBell(open).ring(anAlert({ severity: 'critical' }), both);
    expect(titles()).toEqual(['critical: Host is busy']);
    window.focus = () => undefined;
    FakeNotice.shown[0]!.onclick!();
    expect(open).toHaveBeenCalledWith('busy-atlas-1');
  });

  it('make one notice of a burst, and say its number once a second at most', async () => {
    const bell = new AlarmBell(open);
    for (let n = 0; n < 12; n += 1) await bell.ring(anAlert({ id: `a${n}` }), both);
    expect(titles()).toEqual(['warning: Host is busy']);
    jest.advanceTimersByTime(1000);
    expect(titles()).toEqual(['warning: Host is busy', '12 alerts began']);
    expect(FakeNotice.shown[0]!.close).toHaveBeenCalled();
    jest.advanceTimersByTime(6000);
    await bell.ring(anAlert({ id: 'later' }), both);
    expect(titles().at(-1)).toBe('warning: Host is busy');
  });

  it('are still while this tab is looked at, or another one is', async () => {
    const bell = new AlarmBell(open);
    focused = true;
    await bell.ring(anAlert(), both);
    focused = false;
    held = [{ name: 'deckwatch.watched' }];
    await bell.ring(anAlert(), both);
    expect(titles()).toEqual([]);
  });

  it('are off at first, and ask for permission when they are switched on', async () => {
    const alarms = TestBed.inject(Alarms);
    expect([alarms.notifies(), alarms.sounds()]).toEqual([false, false]);
    FakeNotice.permission = 'denied';
    await alarms.toggleNotifications();
    expect([alarms.notifies(), alarms.fault()]).toEqual([false, expect.stringContaining('forbids')]);
    FakeNotice.permission = 'granted';
    await alarms.toggleNotifications();
    expect([alarms.notifies(), alarms.fault()]).toEqual([true, '']);
  });

  it('tell of what is critical alone unless more is wanted', async () => {
    const ring = jest.spyOn(AlarmBell.prototype, 'ring').mockResolvedValue();
    const alarms = TestBed.inject(Alarms);
    await alarms.toggleNotifications();
    alarms.ring(anAlert({ id: 'mild' }));
    alarms.ring(anAlert({ id: 'grave', severity: 'critical' }));
    alarms.least.set('warning');
    alarms.ring(anAlert({ id: 'mild too' }));
    await jest.advanceTimersByTimeAsync(0);
    expect(ring.mock.calls.map(([{ id }]) => id)).toEqual(['grave', 'mild too']);
  });
});
