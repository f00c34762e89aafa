import type { AlertMessage } from '@deckwatch/contracts';
import { A_MOMENT, anAlertMessage } from '@deckwatch/testing';
import { NoticeDesk } from '../../test/notice-desk.ts';
import { groupNotice } from './group-notice.ts';
import { GroupWindows } from './group-windows.ts';

const firing = (name: string, over: Partial<AlertMessage> = {}): AlertMessage =>
  anAlertMessage({
    id: `busy-alpha-${name}-1`,
    target: { kind: 'container', key: `alpha.${name}`, name, host: 'alpha' },
    ...over,
  });
const resolved = (name: string, over: Partial<AlertMessage> = {}): AlertMessage =>
  firing(name, { state: 'resolved', seq: 2, resolvedAt: A_MOMENT + 1, ...over });
const silenced = { silencedBy: ['s1'] };

describe('notices of alerts that are kept quiet', () => {
  let desk: NoticeDesk;
  beforeEach(async () => {
    desk = await new NoticeDesk().start();
  });
  const settle = () => desk.clock.advance(1000);

  it('are not sent, neither the beginning nor the end', async () => {
    desk.quiet.add('busy-alpha-web-1');
    await desk.tell(firing('web', silenced));
    await desk.tell(resolved('web', silenced));
    await settle();
    expect(desk.sent).toEqual([]);
    expect(desk.states).toEqual([]);
  });

  it.each([
    ['silence', silenced],
    ['inhibit', { inhibitedBy: 'host-cpu-alpha-1' }],
  ] as const)('are sent when the %s is over and it still fires, once', async (change, quiet) => {
    await desk.tell(firing('web', quiet));
    await desk.tell(firing('web', { change, seq: 2 }));
    await desk.tell(firing('web', { change, seq: 3, ...quiet }));
    await desk.tell(firing('web', { change, seq: 4 }));
    await settle();
    expect(desk.sent).toEqual(['web firing']);
  });

  it('tell late that it was resolved, to those who were told that it fired, before it fires again', async () => {
    await desk.tell(firing('web'));
    await settle();
    desk.quiet.add('busy-alpha-web-1');
    await desk.tell(resolved('web', silenced));
    await desk.clock.advance(60_000);
    await desk.dispatcher.sweep();
    expect(desk.sent).toEqual(['web firing']);
    await desk.start();
    desk.quiet.clear();
    await desk.tell(firing('web', { id: 'busy-alpha-web-2' }));
    await settle();
    expect(desk.sent).toEqual(['web firing', 'web resolved', 'web firing']);
  });

  it('are not needed when somebody took it on, silenced or not', async () => {
    await desk.tell(firing('web', { change: 'ack', seq: 2, ack: { by: 'ada', at: A_MOMENT, note: '' } }));
    await settle();
    expect(desk.sent).toEqual([]);
  });
});

describe('repeated notices', () => {
  it('come each repeatMs while it fires loudly and nobody took it on', async () => {
    const desk = await new NoticeDesk().start();
    desk.notify.repeatMs = 60_000;
    await desk.tell(firing('web'));
    for (const wait of [59_000, 2000, 58_000, 61_000]) {
      await desk.clock.advance(wait);
      await desk.remind(firing('web'));
      await desk.remind(firing('web'));
    }
    expect(desk.sent).toEqual(
      Array(3 + 1)
        .fill('web firing')
        .slice(0, 3),
    );
    const taken = { ack: { by: 'ada', at: A_MOMENT, note: '' } };
    await desk.clock.advance(120_000);
    await desk.remind(firing('web', taken), firing('web', silenced), firing('web', { state: 'pending' }));
    expect(desk.sent).toHaveLength(3);
  });

  it('do not pile up at a receiver that is away', async () => {
    const desk = await new NoticeDesk().start();
    desk.notify.repeatMs = 60_000;
    desk.accepts = false;
    await desk.tell(firing('web'));
    await desk.clock.advance(600_000);
    await desk.remind(firing('web'));
    expect(desk.states).toEqual(['waiting']);
  });
});

describe('grouped notices', () => {
  let desk: NoticeDesk;
  beforeEach(async () => {
    desk = await new NoticeDesk().start();
    desk.notify.groupMs = 10_000;
  });

  async function storm(...names: string[]): Promise<void> {
    for (const name of names) await desk.tell(firing(name));
  }

  it('let the first out at once and list the others in one, at the end of the window', async () => {
    await storm('a', 'b', 'c', 'd');
    await desk.clock.advance(500);
    expect(desk.sent).toEqual(['a firing']);
    await desk.clock.advance(10_000);
    expect(desk.sent).toEqual(['a firing', 'b firing, c firing, d firing']);
    expect(desk.states).toEqual(Array(4).fill('delivered'));
  });

  it('are not sent by one in whose place another may have made other groups, nor what is late', async () => {
    await storm('a', 'b', 'c');
    await desk.clock.advance(9000);
    desk.delivers = desk.clock.now();
    await desk.clock.advance(1500);
    expect(desk.sent).toEqual(['a firing']);
    desk.notify.groupMs = 0;
    await desk.tell(firing('d'));
    await desk.clock.advance(1000);
    expect(desk.sent).toEqual(['a firing']);
    desk.delivers = Infinity;
    await desk.clock.advance(1000);
    expect(desk.sent).toEqual(['a firing', 'b firing, c firing', 'd firing']);
  });

  it('take nothing along that follows a notice which is still on its way', async () => {
    await desk.tell(firing('a'));
    await desk.clock.advance(1000);
    await desk.tell(firing('b'));
    let answer = (): void => undefined;
    desk.answers = new Promise<void>((resolve) => (answer = resolve));
    await desk.clock.advance(10_000);
    await desk.tell(resolved('b'));
    await desk.tell(firing('c'));
    await desk.clock.advance(11_000);
    answer();
    await desk.clock.advance(1000);
    expect(desk.sent).toEqual(['a firing', 'b firing', 'c firing', 'b resolved']);
  });

  it('keep the order of one alert, also within a group', async () => {
    await storm('a', 'b');
    await desk.tell(resolved('b'));
    await desk.tell(resolved('a'));
    await desk.clock.advance(10_500);
    expect(desk.sent).toEqual(['a firing', 'b firing, b resolved, a resolved']);
  });

  it('stay together under the same key when they are tried again, also after a crash', async () => {
    await storm('a', 'b', 'c');
    desk.accepts = false;
    await desk.clock.advance(10_500);
    await desk.start();
    desk.accepts = true;
    await desk.clock.advance(60_000);
    await desk.dispatcher.sweep(true);
    await desk.clock.advance(60_000);
    expect(desk.sent.filter((line) => line.startsWith('b'))).toEqual(['b firing, c firing']);
    expect(new Set(desk.keys)).toEqual(new Set(['busy-alpha-a-1.1.on-call', 'busy-alpha-b-1.1.on-call']));
    expect(desk.states).toEqual(Array(3).fill('delivered'));
  });

  it('wait for the end of the window after a crash too', async () => {
    await storm('a', 'b');
    await desk.start();
    await desk.tell(firing('c'));
    await desk.dispatcher.sweep(true);
    await desk.clock.advance(9000);
    expect(desk.sent).not.toContain('c firing');
    await desk.clock.advance(2000);
    expect(desk.sent).toContain('b firing, c firing');
  });

  it('say how many, and a few names', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const messages = [resolved('z'), ...names.map((name) => firing(name))] as [AlertMessage];
    expect(groupNotice(messages)).toMatchObject({
      state: 'firing',
      message: 'Busy container: 1 resolved (z), 7 firing (a, b, c, d, e and 2 more)',
    });
    expect(groupNotice([firing('a')])).toEqual(firing('a'));
  });
});

describe('the window of a group', () => {
  it('follows upon another while there is something to gather', () => {
    const windows = new GroupWindows();
    expect([0, 5, 12, 25, 50].map((now) => windows.place('busy', 10, now))).toEqual([null, 10, 20, 30, null]);
    expect(windows.place('busy', 0, 51)).toBeNull();
    expect(windows.place('other', 10, 51)).toBeNull();
  });
});
