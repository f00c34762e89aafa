import { Component } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { ErrorState } from './error-state.ts';
import { Loading } from './loading.ts';

@Component({
  imports: [ErrorState, Loading],
  template: `
    <ui-loading what="containers" [rows]="5" />
    <ui-error-state (again)="tries = tries + 1">The list could not be read.</ui-error-state>
  `,
})
class Page {
  tries = 0;
}

describe('what stands in the meantime', () => {
  it('says what is on the way, in the shape that it will have', () => {
    const fixture = TestBed.createComponent(Page);
    fixture.detectChanges();
    const loading = (fixture.nativeElement as HTMLElement).querySelector('ui-loading')!;
    expect(loading.getAttribute('role')).toBe('status');
    expect(loading.getAttribute('aria-label')).toBe('Loading containers');
    expect(loading.querySelectorAll('span')).toHaveLength(5);
  });

  it('says what could not be had, and tries again when asked', () => {
    const fixture = TestBed.createComponent(Page);
    fixture.detectChanges();
    const state = (fixture.nativeElement as HTMLElement).querySelector('ui-error-state')!;
    expect(state.getAttribute('role')).toBe('alert');
    expect(state.textContent).toContain('The list could not be read.');
    state.querySelector('button')!.click();
    expect(fixture.componentInstance.tries).toBe(1);
  });
});
