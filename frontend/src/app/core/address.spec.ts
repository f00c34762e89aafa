import { Component } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { provideRouter, Router, RouterOutlet } from '@angular/router';
import { RouterTestingHarness } from '@angular/router/testing';
import { Subject } from 'rxjs';
import { addressed, type AddressTerms } from './address.ts';

const QUERY: AddressTerms<string> = {
  names: ['q'],
  read: (params) => params.get('q') ?? '',
  write: (q): Record<string, string> => (q === '' ? {} : { q }),
};

@Component({ template: '<router-outlet />', imports: [RouterOutlet] })
class List {
  readonly query = addressed(QUERY);
}

@Component({ template: '' })
class Item {}

describe('addressed', () => {
  const loaded$ = new Subject<boolean>();
  const child = { path: ':id', component: Item, canActivate: [() => loaded$] };

  beforeEach(() => {
    jest.useFakeTimers();
    TestBed.configureTestingModule({
      providers: [provideRouter([{ path: 'list', component: List, children: [child] }])],
    });
  });
  afterEach(() => jest.useRealTimers());

  it('follows what is typed after a pause', async () => {
    const harness = await RouterTestingHarness.create('/list');
    const list = harness.routeDebugElement!.componentInstance as List;
    list.query.type('ab');
    await jest.advanceTimersByTimeAsync(300);
    expect(TestBed.inject(Router).url).toBe('/list?q=ab');
  });

  it('lets a click that comes before the pause is over lead where it leads', async () => {
    const harness = await RouterTestingHarness.create('/list');
    const list = harness.routeDebugElement!.componentInstance as List;
    const router = TestBed.inject(Router);
    list.query.type('ab');
    void router.navigateByUrl('/list/7?q=ab');
    await jest.advanceTimersByTimeAsync(1000);
    loaded$.next(true);
    await jest.advanceTimersByTimeAsync(1000);
    expect(router.url).toBe('/list/7?q=ab');
  });
});
