import { Component } from '@angular/core';
import { TestBed, type ComponentFixture } from '@angular/core/testing';
import { Menu } from './menu.ts';

@Component({
  imports: [Menu],
  template: `<ui-menu label="Settings"
    ><span menu-face>s</span><button role="menuitem">One</button><button role="menuitem" disabled>Two</button
    ><button role="menuitem">Three</button></ui-menu
  >`,
})
class Page {}

describe('a menu', () => {
  let fixture: ComponentFixture<Page>;
  const face = (): HTMLElement => fixture.nativeElement.querySelector('.face') as HTMLElement;
  const focused = (): string => document.activeElement?.textContent ?? '';
  function press(key: string, more: KeyboardEventInit = {}): void {
    const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more });
    document.activeElement?.dispatchEvent(event);
    fixture.detectChanges();
  }

  beforeEach(() => {
    // jsdom has no popovers: what a browser does is that they open, close and say so.
    for (const [name, newState] of Object.entries({ showPopover: 'open', hidePopover: 'closed' })) {
      const turn = function (this: HTMLElement): void {
        this.dispatchEvent(Object.assign(new Event('toggle'), { newState }));
      };
      Object.defineProperty(HTMLElement.prototype, name, { value: turn, configurable: true });
    }
    fixture = TestBed.createComponent(Page);
    document.body.append(fixture.nativeElement as HTMLElement);
    fixture.detectChanges();
    face().click();
    fixture.detectChanges();
  });
  afterEach(() => (fixture.nativeElement as HTMLElement).remove());

  it('opens with its first item in focus, and says that it is open', () => {
    expect(focused()).toBe('One');
    expect(face().getAttribute('aria-expanded')).toBe('true');
  });

  it('is walked by arrows, Home and End, round the ends and past what is not there', () => {
    press('ArrowDown');
    expect(focused()).toBe('Three');
    press('ArrowDown');
    expect(focused()).toBe('One');
    press('End');
    expect(focused()).toBe('Three');
    press('Home');
    press('ArrowUp');
    expect(focused()).toBe('Three');
  });

  describe('in a window of 740 px', () => {
    const list = (): HTMLElement => fixture.nativeElement.querySelector('[role=menu]') as HTMLElement;
    function place(top: number, height: number): Record<string, string> {
      press('Escape');
      jest.spyOn(face(), 'getBoundingClientRect').mockReturnValue({ top, bottom: top + 30, right: 200 } as DOMRect);
      Object.defineProperty(list(), 'offsetHeight', { value: height, configurable: true });
      Object.assign(globalThis, { innerHeight: 740 });
      face().click();
      const { top: at, maxHeight } = list().style;
      return { at, maxHeight };
    }

    it('hangs under its button, with the room below to grow into', () => {
      expect(place(10, 300)).toEqual({ at: '44px', maxHeight: '692px' });
    });

    it('scrolls where it is too long for the room below', () => {
      expect(place(300, 600)).toEqual({ at: '334px', maxHeight: '402px' });
    });

    it('stands over its button where there is more room', () => {
      expect(place(600, 300)).toEqual({ at: '296px', maxHeight: '300px' });
      expect(place(600, 900)).toEqual({ at: '4px', maxHeight: '592px' });
    });
  });

  it('makes way for a key with Ctrl or Cmd, which goes on to whom it is for', () => {
    const others = jest.fn((event: Event) => event.defaultPrevented);
    document.addEventListener('keydown', others);
    press('Control', { ctrlKey: true });
    expect(face().getAttribute('aria-expanded')).toBe('true');
    press('k', { ctrlKey: true });
    document.removeEventListener('keydown', others);
    expect(face().getAttribute('aria-expanded')).toBe('false');
    expect(document.activeElement).toBe(face());
    expect(others).toHaveLastReturnedWith(false);
    expect(others).toHaveBeenCalledTimes(2);
  });

  it('closes by Escape and gives the focus back', () => {
    press('Escape');
    expect(face().getAttribute('aria-expanded')).toBe('false');
    expect(document.activeElement).toBe(face());
  });
});
