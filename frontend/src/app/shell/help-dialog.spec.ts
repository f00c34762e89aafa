import { DialogRef } from '@angular/cdk/dialog';
import { TestBed } from '@angular/core/testing';
import { TestPage } from '../../testing/page.ts';
import { Shortcuts } from '../core/shortcuts.ts';
import { HelpDialog } from './help-dialog.ts';

describe('the help', () => {
  afterEach(() => jest.useRealTimers());

  it('lists the keys that mean something now, by group, and says which version it is', async () => {
    const close = jest.fn();
    TestBed.configureTestingModule({ providers: [{ provide: DialogRef, useValue: { close } }] });
    const page = await TestPage.open(HelpDialog, {}, { version: '1.2.3' });
    TestBed.runInInjectionContext(() => {
      const shortcuts = TestBed.inject(Shortcuts);
      shortcuts.add({ keys: 'g c', does: 'Go to containers', group: 'Go to' }, () => undefined);
      shortcuts.add({ keys: 'p', does: 'Pause figures', group: 'Anywhere' }, () => undefined);
    });
    await page.settle();
    expect(page.all('h3')).toEqual(['Go to', 'Anywhere']);
    expect(page.all('dl > div')).toEqual(['Go to containers g then c', 'Pause figures p']);
    expect(page.all('.version')).toEqual(['Deckwatch 1.2.3']);
    await page.click('Close');
    expect(close).toHaveBeenCalled();
  });
});
