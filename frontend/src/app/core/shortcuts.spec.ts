import { createEnvironmentInjector, EnvironmentInjector, runInInjectionContext } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { Shortcuts } from './shortcuts.ts';

describe('shortcuts', () => {
  const pressed: string[] = [];
  let shortcuts: Shortcuts;
  beforeEach(() => {
    jest.useFakeTimers();
    pressed.length = 0;
    shortcuts = TestBed.inject(Shortcuts);
  });
  afterEach(() => jest.useRealTimers());

  function owner(...keys: string[]): EnvironmentInjector {
    const injector = createEnvironmentInjector([], TestBed.inject(EnvironmentInjector));
    runInInjectionContext(injector, () => {
      for (const key of keys) shortcuts.add({ keys: key, does: key, group: 'Test' }, () => pressed.push(key));
    });
    return injector;
  }
  function press(key: string, more: KeyboardEventInit = {}, target: EventTarget = document.body): KeyboardEvent {
    const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more });
    target.dispatchEvent(event);
    return event;
  }

  it('run, and keep the browser from its own', () => {
    owner('/', 'mod+k', 'Escape');
    expect(press('/').defaultPrevented).toBe(true);
    press('k', { ctrlKey: true });
    press('K', { metaKey: true });
    press('Escape');
    expect(press('x').defaultPrevented).toBe(false);
    expect(pressed).toEqual(['/', 'mod+k', 'mod+k', 'Escape']);
  });

  it('of two keys wait a moment for the second, and say what may follow', () => {
    owner('g c', 'g o', 'c');
    press('g');
    expect(shortcuts.pending()?.map(({ keys }) => keys)).toEqual(['g c', 'g o']);
    press('c');
    press('g');
    jest.advanceTimersByTime(1500);
    press('c');
    expect(pressed).toEqual(['g c', 'c']);
    expect(shortcuts.pending()).toBeNull();
  });

  it('leave a field and a dialog alone, but for those with Ctrl or Cmd', () => {
    owner('/', 'mod+k');
    const field = document.body.appendChild(document.createElement('input'));
    const dialog = document.body.appendChild(document.createElement('div'));
    dialog.setAttribute('role', 'dialog');
    press('/', {}, field);
    press('/', {}, dialog);
    press('k', { ctrlKey: true }, field);
    expect(pressed).toEqual(['mod+k']);
    field.remove();
    dialog.remove();
  });

  it('work at a slider and a tick box, which take no letters', () => {
    owner('j', 'Escape');
    for (const type of ['range', 'checkbox', 'radio']) {
      const field = document.body.appendChild(Object.assign(document.createElement('input'), { type }));
      press('j', {}, field);
      press('Escape', {}, field);
      field.remove();
    }
    expect(pressed).toEqual(['j', 'Escape', 'j', 'Escape', 'j', 'Escape']);
  });

  it('belong to the newest who claims them, and go with their owner', () => {
    owner('j');
    const page = owner('j');
    expect(shortcuts.listed()).toHaveLength(1);
    press('j');
    expect(pressed).toEqual(['j']);
    page.destroy();
    press('j');
    expect(pressed).toEqual(['j', 'j']);
  });
});
