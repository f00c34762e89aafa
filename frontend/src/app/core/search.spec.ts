import { Component } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { provideRouter, Router } from '@angular/router';
import { RouterTestingHarness } from '@angular/router/testing';
import { addressed } from './address.ts';
import { searchText } from './search.ts';

@Component({ selector: 'app-searched', template: '' })
class Searched {
  readonly search = searchText();
  readonly color = addressed<string>({
    names: ['color'],
    read: (params) => params.get('color') ?? 'red',
    write: (color) => (color === 'red' ? {} : { color }),
  });
}

describe('what is chosen on a page and its address', () => {
  let router: Router;
  let page: Searched;
  const pass = async (ms = 0) => void (await jest.advanceTimersByTimeAsync(ms));
  async function open(url: string): Promise<void> {
    jest.useFakeTimers();
    TestBed.configureTestingModule({ providers: [provideRouter([{ path: 'page', component: Searched }])] });
    router = TestBed.inject(Router);
    page = await (await RouterTestingHarness.create()).navigateByUrl(url, Searched);
  }
  afterEach(() => jest.useRealTimers());

  it('begins with what the address says', async () => {
    await open('/page?q=web&color=blue');
    expect([page.search.text(), page.color.value()]).toEqual(['web', 'blue']);
  });

  it('takes each keystroke at once, and writes one address after a pause, in place', async () => {
    await open('/page?color=blue&other=1');
    const go = jest.spyOn(router, 'navigateByUrl');
    for (const text of ['w', 'we', 'web']) {
      page.search.type(text);
      expect(page.search.text()).toBe(text);
      await pass(100);
    }
    expect(go).not.toHaveBeenCalled();
    await pass(250);
    expect(router.url).toBe('/page?color=blue&other=1&q=web');
    expect(go).toHaveBeenCalledTimes(1);
    expect(go.mock.calls[0]?.[1]).toMatchObject({ replaceUrl: true, scroll: 'manual' });
    page.search.clear();
    await pass(250);
    expect(router.url).toBe('/page?color=blue&other=1');
  });

  it('makes a choice a step in the history, and takes along what was typed', async () => {
    await open('/page');
    const go = jest.spyOn(router, 'navigateByUrl');
    page.search.type('web');
    page.color.choose('blue');
    await pass();
    expect(router.url).toBe('/page?color=blue');
    expect(go.mock.calls[0]?.[1]).toMatchObject({ replaceUrl: false });
    expect(page.search.text()).toBe('web');
    await pass(250);
    expect(router.url).toBe('/page?color=blue&q=web');
  });

  it('follows the address when a link or the back button moves it', async () => {
    await open('/page?q=web');
    await router.navigateByUrl('/page?color=green');
    expect([page.search.text(), page.color.value()]).toEqual(['', 'green']);
  });

  it('writes nothing after the page is gone', async () => {
    await open('/page');
    page.search.type('web');
    TestBed.resetTestingModule();
    await pass(1000);
    expect(router.url).toBe('/page');
  });
});
