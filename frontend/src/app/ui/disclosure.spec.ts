import { Component, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { Disclosure } from './disclosure.ts';

@Component({
  imports: [Disclosure],
  template: `<form (submit)="sent = true">
    <button ui-disclosure aria-label="Details of atlas" [open]="open()" (click)="open.set(!open())"></button>
  </form>`,
})
class Page {
  readonly open = signal(false);
  sent = false;
}

describe('a disclosure', () => {
  it('says whether what it opens is open, and sends no form', () => {
    const fixture = TestBed.createComponent(Page);
    document.body.append(fixture.nativeElement as HTMLElement);
    fixture.detectChanges();
    const button = (fixture.nativeElement as HTMLElement).querySelector('button')!;
    expect([button.ariaLabel, button.ariaExpanded]).toEqual(['Details of atlas', 'false']);
    button.click();
    fixture.detectChanges();
    expect(button.ariaExpanded).toBe('true');
    expect(fixture.componentInstance.sent).toBe(false);
    (fixture.nativeElement as HTMLElement).remove();
  });
});
