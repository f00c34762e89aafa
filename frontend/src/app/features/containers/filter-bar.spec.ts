import { TestBed } from '@angular/core/testing';
import { Router } from '@angular/router';
import { aContainer, aHost } from '../../../testing/builders.ts';
import { TestPage } from '../../../testing/page.ts';
import { ContainersPage } from './containers-page.ts';
import { HostStore } from '../../core/stores/host-store.ts';

describe('an address that asks for what is not there', () => {
  let page: TestPage<ContainersPage>;
  const chosen = (label: string) =>
    page.find<HTMLSelectElement>(`[aria-label="Filter by ${label}"]`).selectedOptions[0]?.text;

  beforeEach(async () => {
    localStorage.clear();
    page = await TestPage.open(ContainersPage);
    const viewing = TestBed.inject(HostStore).feed.running$.subscribe();
    page.fixture.componentRef.onDestroy(() => viewing.unsubscribe());
    await page.settle(3000);
    await TestBed.inject(Router).navigateByUrl('/?host=ghost&project=gone&state=paused');
    await page.settle();
    await page.receive({
      hosts: { items: [aHost(), aHost({ host: 'borea' })] },
      containers: { items: [aContainer(), aContainer({ id: 'b00000000000', project: 'tools' })] },
    });
  });
  afterEach(() => {
    page.fixture.destroy();
    jest.useRealTimers();
  });

  it('is said to, and can be taken back one by one', async () => {
    expect([chosen('host'), chosen('project')]).toEqual(['ghost (not there)', 'gone (not there)']);
    expect(page.text).toContain('No container matches');
    await page.type('.by-host select', '');
    await page.type('.by-project select', '');
    expect(page.all('.chip[aria-pressed=true]')).toEqual(['paused 0']);
    await page.click('paused');
    expect(page.all('tbody .title')).toHaveLength(2);
    expect(TestBed.inject(Router).url).toBe('/');
  });
});
