import { Component } from '@angular/core';
import { TestBed, type ComponentFixture } from '@angular/core/testing';
import { provideRouter, Router, RouterOutlet } from '@angular/router';
import { PageFocus } from './page-focus.ts';

@Component({ selector: 'app-one', template: `<h1>One</h1>` })
class One {}
@Component({ selector: 'app-two', template: `<h1>Two</h1>` })
class Two {}
@Component({
  selector: 'app-frame',
  imports: [RouterOutlet],
  template: `<button>b</button>
    <main tabindex="-1"><router-outlet /></main>`,
})
class Frame {}

describe('the focus', () => {
  let fixture: ComponentFixture<Frame>;
  const focused = (): string => document.activeElement?.textContent ?? '';
  async function go(url: string): Promise<void> {
    await TestBed.inject(Router).navigateByUrl(url);
    await fixture.whenStable();
  }

  beforeEach(async () => {
    const routes = [
      { path: 'one', component: One },
      { path: 'two', component: Two },
    ];
    TestBed.configureTestingModule({ providers: [provideRouter(routes)] });
    TestBed.inject(PageFocus);
    fixture = TestBed.createComponent(Frame);
    document.body.append(fixture.nativeElement as HTMLElement);
    document.querySelector('button')?.focus();
    await go('/one');
  });
  afterEach(() => (fixture.nativeElement as HTMLElement).remove());

  it('goes to the heading of a page one has gone to', async () => {
    await go('/two');
    expect(focused()).toBe('Two');
    await go('/one');
    expect(focused()).toBe('One');
  });

  it('stays where it is on the first page and while only the query changes', async () => {
    expect(focused()).toBe('b');
    await go('/one?q=x');
    expect(focused()).toBe('b');
  });
});
