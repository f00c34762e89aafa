import { TestBed, type ComponentFixture } from '@angular/core/testing';
import { Shortcuts } from '../core/shortcuts.ts';
import { ToastQueue } from './toast-queue.ts';
import { ToastRegion } from './toast-region.ts';

describe('the region of toasts', () => {
  let fixture: ComponentFixture<ToastRegion>;
  let queue: ToastQueue;
  const region = (): HTMLElement => fixture.nativeElement as HTMLElement;
  const titles = (): string[] => queue.visible().map(({ title }) => title);
  const happens = (type: string): boolean => region().dispatchEvent(new Event(type));
  function show(key: string): void {
    queue.show({ key, tone: 'good', icon: 'info', title: key, body: 'b', ttlMs: 5000 });
    fixture.detectChanges();
  }
  function dismiss(key: string): void {
    region().querySelector<HTMLElement>(`[aria-label="Dismiss: ${key}"]`)?.click();
    fixture.detectChanges();
  }

  beforeEach(() => {
    localStorage.clear();
    jest.useFakeTimers();
    fixture = TestBed.createComponent(ToastRegion);
    queue = TestBed.inject(ToastQueue);
    show('one');
  });
  afterEach(() => jest.useRealTimers());

  it.each([
    ['mouseenter', 'mouseleave'],
    ['focusin', 'focusout'],
  ])('keeps what it shows from %s to %s', (begins, ends) => {
    happens(begins);
    jest.advanceTimersByTime(60_000);
    expect(titles()).toEqual(['one']);
    happens(ends);
    jest.advanceTimersByTime(5000);
    expect(titles()).toEqual([]);
  });

  it('keeps what it shows while the focus is there though the pointer has gone', () => {
    happens('focusin');
    happens('mouseenter');
    happens('mouseleave');
    jest.advanceTimersByTime(60_000);
    expect(titles()).toEqual(['one']);
  });

  it('goes on when the toast that had the focus is dismissed', () => {
    show('two');
    happens('focusin');
    dismiss('one');
    jest.advanceTimersByTime(5000);
    expect(titles()).toEqual([]);
  });

  it('does not keep the next toast because the last one was dismissed by touch', () => {
    happens('mouseenter');
    dismiss('one');
    show('two');
    jest.advanceTimersByTime(5000);
    expect(titles()).toEqual([]);
  });

  describe('with the focus in a toast', () => {
    const buttonOf = (key: string) => region().querySelector<HTMLElement>(`[aria-label="Dismiss: ${key}"]`)!;
    const press = (on: Element) =>
      on.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, cancelable: true }));
    let panelClosed: jest.Mock;
    beforeEach(() => {
      document.body.append(region());
      panelClosed = jest.fn();
      const keys = { keys: 'Escape', does: 'Close the panel', group: 'Panel' };
      TestBed.runInInjectionContext(() => TestBed.inject(Shortcuts).add(keys, panelClosed));
      show('two');
    });
    afterEach(() => region().remove());

    it('Escape dismisses that one, not the newest and not what is behind', () => {
      buttonOf('one').focus();
      press(buttonOf('one'));
      expect(titles()).toEqual(['two']);
      expect(panelClosed).not.toHaveBeenCalled();
    });

    it('Escape outside closes what is behind, and no toast with it', () => {
      press(document.body);
      expect(panelClosed).toHaveBeenCalledTimes(1);
      expect(titles()).toEqual(['one', 'two']);
    });

    it('the focus goes to the next toast, and from the last one back to where it was', () => {
      const before = document.body.appendChild(document.createElement('button'));
      before.focus();
      buttonOf('one').focus();
      press(buttonOf('one'));
      expect(document.activeElement).toBe(buttonOf('two'));
      buttonOf('two').click();
      expect(document.activeElement).toBe(before);
      before.remove();
    });
  });

  it('opens what a toast tells of, by its words, and dismisses it', () => {
    const open = jest.fn();
    queue.show({ key: 'one', tone: 'bad', icon: 'alert', title: 'Busy', body: 'b', ttlMs: 5000, open });
    fixture.detectChanges();
    region().querySelector<HTMLElement>('.open')!.click();
    expect([open.mock.calls.length, titles()]).toEqual([1, []]);
  });

  it('leaves Escape to a dialog that is open', () => {
    const dialog = document.body.appendChild(document.createElement('div'));
    dialog.setAttribute('role', 'dialog');
    const press = (on: Element) => on.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
    press(dialog);
    expect(titles()).toEqual(['one']);
    press(document.body);
    expect(titles()).toEqual([]);
    dialog.remove();
  });
});
