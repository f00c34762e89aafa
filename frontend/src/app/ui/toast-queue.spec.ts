import { TestBed } from '@angular/core/testing';
import { ToastQueue, type Toast } from './toast-queue.ts';

const aToast = (key: string, over: Partial<Toast> = {}): Toast => ({
  key,
  tone: 'good',
  icon: 'info',
  title: key,
  body: '',
  ttlMs: 5000,
  ...over,
});

describe('ToastQueue', () => {
  let queue: ToastQueue;
  const keys = () => queue.visible().map(({ key }) => key);

  beforeEach(() => {
    jest.useFakeTimers();
    queue = TestBed.inject(ToastQueue);
  });
  afterEach(() => jest.useRealTimers());

  it('shows a toast for its time', () => {
    queue.show(aToast('a'));
    jest.advanceTimersByTime(4999);
    expect(keys()).toEqual(['a']);
    jest.advanceTimersByTime(1);
    expect(keys()).toEqual([]);
  });

  it('shows three at most: the oldest of the mildest goes', () => {
    queue.show(aToast('critical', { tone: 'bad' }));
    for (const key of ['a', 'b', 'c']) queue.show(aToast(key));
    expect(keys()).toEqual(['critical', 'b', 'c']);
  });

  it('renews a toast of the same key in its place, but not for ever', () => {
    queue.show(aToast('burst'));
    queue.show(aToast('b', { ttlMs: 60_000 }));
    for (let second = 0; second < 14; second += 1) {
      queue.show(aToast('burst', { title: `${second}` }));
      jest.advanceTimersByTime(1000);
    }
    expect(queue.visible()[0]).toMatchObject({ key: 'burst', title: '13' });
    queue.show(aToast('burst'));
    jest.advanceTimersByTime(2000);
    expect(keys()).toEqual(['b']);
  });

  it('stands still while someone reads', () => {
    queue.show(aToast('a'));
    jest.advanceTimersByTime(4000);
    queue.pause();
    queue.show(aToast('b'));
    jest.advanceTimersByTime(60_000);
    expect(keys()).toEqual(['a', 'b']);
    queue.resume();
    jest.advanceTimersByTime(1000);
    expect(keys()).toEqual(['b']);
    jest.advanceTimersByTime(4000);
    expect(keys()).toEqual([]);
  });

  it('goes when it is dismissed, the newest first', () => {
    const idle = jest.getTimerCount();
    queue.show(aToast('a'));
    queue.show(aToast('b'));
    queue.dismissNewest();
    expect(keys()).toEqual(['a']);
    queue.dismiss('a');
    expect(keys()).toEqual([]);
    expect(jest.getTimerCount()).toBe(idle);
  });

  it('runs again after the toast under the pointer was dismissed', () => {
    queue.show(aToast('a'));
    queue.pause();
    queue.dismiss('a');
    queue.show(aToast('b'));
    jest.advanceTimersByTime(5000);
    expect(keys()).toEqual([]);
  });

  it('is not shown to who wants no notices', () => {
    queue.wanted.set(false);
    queue.show(aToast('a'));
    expect(keys()).toEqual([]);
    queue.wanted.set(true);
    queue.show(aToast('b'));
    expect(keys()).toEqual(['b']);
  });
});
