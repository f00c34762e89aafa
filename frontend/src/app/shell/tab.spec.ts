import { Component, computed, inject, input } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { Title } from '@angular/platform-browser';
import { provideRouter, Router, RouterOutlet, TitleStrategy, withComponentInputBinding } from '@angular/router';
import { RouterTestingHarness } from '@angular/router/testing';
import { aContainer, aHost, anAlert } from '../../testing/builders.ts';
import { giveSnapshot, settle, setUpLiveConsole } from '../../testing/console.ts';
import { PageTitle } from '../core/page-title.ts';
import { AlertStore } from '../core/stores/alert-store.ts';
import { ContainerStore } from '../core/stores/container-store.ts';
import { HostStore } from '../core/stores/host-store.ts';
import { TabIcon } from './tab-icon.ts';
import { Troubles } from '../core/troubles/troubles.ts';

@Component({ imports: [RouterOutlet], template: '<router-outlet />' })
class List {
  constructor() {
    inject(AlertStore).feed.watch();
    inject(ContainerStore).feed.watch();
    inject(HostStore).feed.watch();
  }
}

@Component({ template: '' })
class Item {
  readonly id = input.required<string>();
  constructor() {
    inject(PageTitle).show(computed(() => (this.id() === 'nameless' ? '' : `boat ${this.id()}`)));
  }
}

describe('the tab', () => {
  let harness: RouterTestingHarness;
  const title = () => (TestBed.tick(), TestBed.inject(Title).getTitle());
  async function go(url: string): Promise<void> {
    await TestBed.inject(Router).navigateByUrl(url);
    await settle();
  }

  it('names the page, and in its place what is shown of it', async () => {
    setUp();
    harness = await RouterTestingHarness.create('/boats');
    expect(title()).toBe('Boats · Deckwatch');
    await go('/boats/7');
    expect(title()).toBe('boat 7 · Deckwatch');
    await go('/boats/8');
    expect(title()).toBe('boat 8 · Deckwatch');
    await go('/boats/nameless');
    expect(title()).toBe('Boat · Deckwatch');
    await go('/boats');
    expect(title()).toBe('Boats · Deckwatch');
    harness.fixture.destroy();
  });

  it('counts what the overview lists: containers in trouble as well as hosts and alerts', async () => {
    const browser = setUp();
    harness = await RouterTestingHarness.create('/boats');
    await settle();
    const mark = () => (TestBed.tick(), TestBed.inject(TabIcon).mark());
    const say = (topics: Record<string, object[]>): void => {
      for (const [topic, items] of Object.entries(topics)) giveSnapshot(browser, topic, { items });
      browser.paint();
    };
    say({ hosts: [aHost()], alerts: [], containers: [aContainer()] });
    expect([title(), mark()]).toEqual(['Boats · Deckwatch', 'well']);
    const died = aContainer({ id: 'd00000000000', state: 'exited', exitCode: 3, event: 'died' });
    const stopped = aContainer({ id: 'e00000000000', state: 'exited', exitCode: 143, event: 'stopped' });
    say({ containers: [died, stopped, aContainer({ health: 'unhealthy' })], alerts: [anAlert()] });
    expect([title(), mark()]).toEqual(['(3) Boats · Deckwatch', 'critical']);
    expect(TestBed.inject(Troubles).problems()).toHaveLength(3);
    say({ containers: [stopped] });
    expect([title(), mark()]).toEqual(['(1) Boats · Deckwatch', 'warning']);
    harness.fixture.destroy();
  });

  function setUp() {
    const children = [{ path: ':id', title: 'Boat', component: Item }];
    TestBed.configureTestingModule({
      providers: [
        provideRouter([{ path: 'boats', title: 'Boats', component: List, children }], withComponentInputBinding()),
        { provide: TitleStrategy, useExisting: PageTitle },
      ],
    });
    return setUpLiveConsole();
  }
  afterEach(() => jest.useRealTimers());
});
