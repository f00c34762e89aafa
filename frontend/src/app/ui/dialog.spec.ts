import { DialogRef } from '@angular/cdk/dialog';
import { Component, inject } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { Dialogs } from './dialog.ts';

@Component({ template: `<button type="button" (click)="dialog.close('taken')">Take it</button>` })
class Offer {
  protected readonly dialog = inject<DialogRef<string>>(DialogRef);
}

describe('a dialog', () => {
  const asker = document.createElement('button');
  const shown = () => document.querySelector<HTMLElement>('[role=dialog]');
  let answer: Promise<string | undefined>;

  beforeEach(async () => {
    document.body.append(asker);
    asker.focus();
    answer = TestBed.inject(Dialogs).open<string>(() => Promise.resolve(Offer), { label: 'An offer', place: 'top' });
    for (let turn = 0; turn < 50 && shown() === null; turn += 1) await Promise.resolve();
    TestBed.tick();
  });
  afterEach(() => asker.remove());

  it('is named, hides the page behind it and takes the focus', () => {
    expect(shown()?.getAttribute('aria-label')).toBe('An offer');
    expect(shown()?.getAttribute('aria-modal')).toBe('true');
    expect(shown()?.closest('.ui-dialog')?.className).toContain('top');
    expect(shown()?.contains(document.activeElement)).toBe(true);
  });

  it('answers with what it closed with, and gives the focus back', async () => {
    shown()?.querySelector('button')?.click();
    expect(await answer).toBe('taken');
    expect(shown()).toBeNull();
    expect(document.activeElement).toBe(asker);
  });

  it('answers nothing when it is dismissed', async () => {
    shown()?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', keyCode: 27, bubbles: true }));
    expect(await answer).toBeUndefined();
  });
});
