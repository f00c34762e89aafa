import { Component, signal } from '@angular/core';
import { TestBed, type ComponentFixture } from '@angular/core/testing';
import { Choice } from './choice.ts';

@Component({
  imports: [Choice],
  template: `<ui-choice
    label="Filter by host"
    none="All hosts"
    [options]="hosts()"
    [value]="host()"
    (chosen)="host.set($event)"
  />`,
})
class Page {
  readonly hosts = signal(['atlas', 'borea']);
  readonly host = signal('');
}

describe('a choice', () => {
  let fixture: ComponentFixture<Page>;
  const field = () => (fixture.nativeElement as HTMLElement).querySelector('select')!;
  const texts = () => [...field().options].map(({ text }) => text);
  const shown = () => field().selectedOptions[0]?.text;
  function choose(value: string): void {
    field().value = value;
    field().dispatchEvent(new Event('change'));
    fixture.detectChanges();
  }
  beforeEach(() => {
    fixture = TestBed.createComponent(Page);
    fixture.detectChanges();
  });

  it('is named, and begins with none', () => {
    expect([field().ariaLabel, shown()]).toEqual(['Filter by host', 'All hosts']);
    expect(field().classList).not.toContain('chosen');
  });

  it('says what is chosen, and looks so', () => {
    choose('borea');
    expect([fixture.componentInstance.host(), shown()]).toEqual(['borea', 'borea']);
    expect(field().classList).toContain('chosen');
  });

  it('does not judge what is chosen before it knows what there is', () => {
    fixture.componentInstance.hosts.set([]);
    fixture.componentInstance.host.set('ghost');
    fixture.detectChanges();
    expect(shown()).toBe('ghost');
  });

  it('shows what is chosen though it is not there, until it comes or is cleared', () => {
    fixture.componentInstance.host.set('ghost');
    fixture.detectChanges();
    expect(shown()).toBe('ghost (not there)');
    fixture.componentInstance.hosts.set(['atlas', 'ghost']);
    fixture.detectChanges();
    expect([shown(), texts()]).toEqual(['ghost', ['All hosts', 'atlas', 'ghost']]);
    fixture.componentInstance.hosts.set(['atlas']);
    fixture.detectChanges();
    choose('');
    expect([shown(), texts()]).toEqual(['All hosts', ['All hosts', 'atlas']]);
  });
});
