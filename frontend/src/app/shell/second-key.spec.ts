import { TestBed } from '@angular/core/testing';
import { TestPage } from '../../testing/page.ts';
import { Shortcuts } from '../core/shortcuts.ts';
import { SecondKey } from './second-key.ts';

describe('while a second key is awaited', () => {
  let page: TestPage<SecondKey>;
  const press = (key: string) => document.dispatchEvent(new KeyboardEvent('keydown', { key }));

  beforeEach(async () => {
    page = await TestPage.open(SecondKey);
    TestBed.runInInjectionContext(() => {
      const shortcuts = TestBed.inject(Shortcuts);
      shortcuts.add({ keys: 'g c', does: 'Go to containers', group: 'Go to' }, () => undefined);
      shortcuts.add({ keys: 'g s', does: 'Go to sessions', group: 'Go to' }, () => undefined);
      shortcuts.add({ keys: 'p', does: 'Pause figures', group: 'Anywhere' }, () => undefined);
    });
  });
  afterEach(() => jest.useRealTimers());

  it('shows what may follow, politely, and nothing else', async () => {
    expect(page.all('li')).toEqual([]);
    press('g');
    await page.settle();
    expect(page.all('li')).toEqual(['c Go to containers', 's Go to sessions']);
  });

  it('is gone with the second key, and when none comes', async () => {
    press('g');
    press('c');
    await page.settle();
    expect(page.all('li')).toEqual([]);
    press('g');
    await page.settle(1500);
    expect(page.all('li')).toEqual([]);
  });
});
