import { Component, signal } from '@angular/core';
import { TestBed, type ComponentFixture } from '@angular/core/testing';
import { Shortcuts } from '../core/shortcuts.ts';
import { SearchField } from './search-field.ts';

@Component({
  imports: [SearchField],
  template: `<ui-search-field
    label="Search boats"
    placeholder="Name…"
    group="Boats"
    [text]="text()"
    (typed)="text.set($event)"
    (entered)="entered = entered + 1"
  />`,
})
class Page {
  readonly text = signal('');
  entered = 0;
}

describe('a search field', () => {
  let fixture: ComponentFixture<Page>;
  const field = () => (fixture.nativeElement as HTMLElement).querySelector('input')!;
  function press(key: string, on: Element = field()): void {
    on.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    fixture.detectChanges();
  }
  function type(text: string): void {
    field().value = text;
    field().dispatchEvent(new Event('input'));
    fixture.detectChanges();
  }
  beforeEach(() => {
    fixture = TestBed.createComponent(Page);
    document.body.append(fixture.nativeElement as HTMLElement);
    fixture.detectChanges();
  });
  afterEach(() => (fixture.nativeElement as HTMLElement).remove());

  it('is found by its key, which is listed while it is there', () => {
    const listed = () => TestBed.inject(Shortcuts).listed();
    expect(listed()).toMatchObject([{ keys: '/', does: 'Search boats', group: 'Boats' }]);
    press('/', document.body);
    expect(document.activeElement).toBe(field());
    fixture.destroy();
    expect(listed()).toEqual([]);
  });

  it('tells each keystroke, and shows what is searched for', () => {
    type('tug');
    expect(fixture.componentInstance.text()).toBe('tug');
    fixture.componentInstance.text.set('crane');
    fixture.detectChanges();
    expect(field().value).toBe('crane');
  });

  it('is emptied by the first Escape and left by the next, and neither closes anything else', () => {
    const closed = jest.fn();
    document.addEventListener('keydown', closed);
    field().focus();
    type('tug');
    press('Escape');
    expect([field().value, document.activeElement]).toEqual(['', field()]);
    press('Escape');
    expect(document.activeElement).toBe(document.body);
    document.removeEventListener('keydown', closed);
    expect(closed).not.toHaveBeenCalled();
  });

  it('leads on into what was found by the arrow down', () => {
    press('ArrowDown');
    expect(fixture.componentInstance.entered).toBe(1);
  });
});
