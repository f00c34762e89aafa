import { TestBed } from '@angular/core/testing';
import { TestPage } from '../../testing/page.ts';
import { Pause } from '../core/pause.ts';
import { ToastQueue } from '../ui/toast-queue.ts';
import { SettingsMenu } from './settings-menu.ts';

describe('the settings menu', () => {
  let page: TestPage<SettingsMenu>;
  const checked = () => page.all('[aria-checked=true]');

  beforeEach(async () => {
    localStorage.clear();
    HTMLElement.prototype.showPopover = () => undefined;
    HTMLElement.prototype.hidePopover = () => undefined;
    page = await TestPage.open(SettingsMenu);
  });
  afterEach(() => {
    delete document.documentElement.dataset['theme'];
    delete document.documentElement.dataset['density'];
    jest.useRealTimers();
  });

  it('marks what holds: at first the theme of the system, room to breathe, and notices', () => {
    expect(checked()).toEqual(['system', 'comfortable', 'show notices']);
  });

  it('changes theme and density, one of each', async () => {
    await page.click('dark');
    await page.click('compact');
    expect(checked()).toEqual(['dark', 'compact', 'show notices']);
    expect(document.documentElement.dataset).toMatchObject({ theme: 'dark', density: 'compact' });
  });

  it('switches notices off, and lets figures stand still', async () => {
    await page.click('show notices');
    await page.click('pause figures p');
    expect(TestBed.inject(ToastQueue).wanted()).toBe(false);
    expect(TestBed.inject(Pause).paused()).toBe(true);
  });
});
