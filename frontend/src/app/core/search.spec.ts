import { Component } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { provideRouter, Router } from '@angular/router';
import { RouterTestingHarness } from '@angular/router/testing';
import { search } from './search.ts';

interface Terms {
  text: string;
  color: string;
  open: string;
}

@Component({ template: '' })
class Searched {
  readonly search = search<Terms>(
    {
      names: ['q', 'color', 'open'],
      read: (params) => ({
        text: params.get('q') ?? '',
        color: params.get('color') ?? 'red',
        open: params.get('open') ?? '',
      }),
      write: ({ text, color, open }): Record<string, string> => ({
        ...(text && { q: text }),
        ...(color !== 'red' && { color }),
        ...(open && { open }),
      }),
    },
    ({ text, color }) => `${text} ${color}`,
  );
}

describe('a search', () => {
  let router: Router;
  let page: Searched;
  let asked: string[];
  const pass = async (ms = 0) => {
    TestBed.tick();
    await jest.advanceTimersByTimeAsync(ms);
  };
  async function open(url: string): Promise<void> {
    jest.useFakeTimers();
    TestBed.configureTestingModule({ providers: [provideRouter([{ path: 'page', component: Searched }])] });
    router = TestBed.inject(Router);
    page = await (await RouterTestingHarness.create()).navigateByUrl(url, Searched);
    asked = [];
    page.search.asked$.subscribe(({ text, color }) => asked.push(`${text} ${color}`));
    await pass();
  }
  afterEach(() => jest.useRealTimers());

  it('begins with what the address says, which need not be asked for again', async () => {
    await open('/page?q=web&color=blue');
    expect(page.search.terms()).toEqual({ text: 'web', color: 'blue', open: '' });
    await pass(1000);
    expect(asked).toEqual([]);
  });

  it('takes each keystroke at once; address and list follow once, after a pause, in place', async () => {
    await open('/page?color=blue&other=1');
    const go = jest.spyOn(router, 'navigateByUrl');
    for (const text of ['w', 'we', 'web']) {
      page.search.type({ text });
      expect(page.search.terms().text).toBe(text);
      await pass(100);
    }
    expect([go.mock.calls.length, asked]).toEqual([0, []]);
    await pass(250);
    expect(asked).toEqual(['web blue']);
    expect(router.url).toBe('/page?other=1&q=web&color=blue');
    expect(go).toHaveBeenCalledTimes(1);
    expect(go.mock.calls[0]?.[1]).toMatchObject({ replaceUrl: true, scroll: 'manual' });
  });

  it('follows a choice at once, takes along what was typed, and makes it a step in the history', async () => {
    await open('/page');
    const go = jest.spyOn(router, 'navigateByUrl');
    page.search.type({ text: 'web' });
    await pass(100);
    page.search.narrow({ color: 'blue' });
    await pass();
    expect(asked).toEqual(['web blue']);
    expect(router.url).toBe('/page?q=web&color=blue');
    expect(go.mock.calls[0]?.[1]).toMatchObject({ replaceUrl: false });
    await pass(1000);
    expect([asked.length, go.mock.calls.length]).toEqual([1, 1]);
  });

  it('follows the address when a link or the back button moves it', async () => {
    await open('/page?q=web');
    await router.navigateByUrl('/page?color=green');
    await pass();
    expect(page.search.terms()).toEqual({ text: '', color: 'green', open: '' });
    expect(asked).toEqual([' green']);
  });

  it('does not read the list for what changes nothing in it', async () => {
    await open('/page');
    page.search.narrow({ open: 'details' });
    await pass(1000);
    expect(router.url).toBe('/page?open=details');
    expect(asked).toEqual([]);
  });

  it('asks and writes nothing after the page is gone', async () => {
    await open('/page');
    page.search.type({ text: 'web' });
    await pass();
    TestBed.resetTestingModule();
    await jest.advanceTimersByTimeAsync(1000);
    expect([router.url, asked]).toEqual(['/page', []]);
  });
});
