import { DialogRef } from '@angular/cdk/dialog';
import { TestBed } from '@angular/core/testing';
import { Router } from '@angular/router';
import { aContainer, aHost } from '../../testing/builders.ts';
import { TestPage } from '../../testing/page.ts';
import { Commands } from '../core/commands.ts';
import { CommandPalette } from './command-palette.ts';

describe('the command palette', () => {
  let page: TestPage<CommandPalette>;
  const close = jest.fn();
  const ran = jest.fn();
  const field = (): HTMLInputElement => page.find<HTMLInputElement>('input');
  const rows = (): HTMLElement[] => [...page.element.querySelectorAll<HTMLElement>('[role=option]')];
  const chosen = (): number => rows().findIndex((row) => row.getAttribute('aria-selected') === 'true');
  async function press(key: string): Promise<void> {
    field().dispatchEvent(new KeyboardEvent('keydown', { key }));
    await page.settle();
  }

  beforeEach(async () => {
    jest.clearAllMocks();
    HTMLElement.prototype.scrollIntoView = () => undefined;
    TestBed.configureTestingModule({ providers: [{ provide: DialogRef, useValue: { close } }] });
    page = await TestPage.open(CommandPalette);
    TestBed.runInInjectionContext(() => {
      for (const text of ['Sessions', 'Theme: dark']) {
        TestBed.inject(Commands).add({ id: text, text, group: 'Test', run: () => ran(text) });
      }
    });
    await page.settle();
  });
  afterEach(() => {
    page.fixture.destroy();
    jest.useRealTimers();
  });

  it('finds an action by a few letters of its name and does it by Enter', async () => {
    await page.type('input', 'thdk');
    expect(page.all('[role=option] .text')).toHaveLength(1);
    await press('Enter');
    expect(close).toHaveBeenCalled();
    expect(ran).toHaveBeenCalledWith('Theme: dark');
  });

  it('is walked by arrows round its ends, and tells the field which row is meant', async () => {
    expect(chosen()).toBe(0);
    await press('ArrowUp');
    expect(chosen()).toBe(rows().length - 1);
    expect(field().getAttribute('aria-activedescendant')).toBe(rows()[chosen()]?.id);
    await press('ArrowDown');
    expect(chosen()).toBe(0);
  });

  it('goes to a container', async () => {
    const go = jest.spyOn(TestBed.inject(Router), 'navigate').mockResolvedValue(true);
    await page.receive({ containers: { items: [aContainer({ name: 'web-1' })] } });
    await page.type('input', 'web');
    await press('Enter');
    expect(go.mock.calls[0]?.[0]).toEqual(['/containers', aContainer().host, aContainer().id]);
  });

  it('goes to the containers of a host', async () => {
    const go = jest.spyOn(TestBed.inject(Router), 'navigate').mockResolvedValue(true);
    await page.receive({ hosts: { items: [aHost({ host: 'atlas' }), aHost({ host: 'borealis' })] } });
    await page.type('input', 'brls');
    expect(rows().map((row) => row.querySelector('.text')?.textContent)).toEqual(['borealis']);
    await press('Enter');
    expect(go).toHaveBeenCalledWith(['/containers'], { queryParams: { host: 'borealis' } });
  });

  it('is bounded however much there is to find', async () => {
    const items = Array.from({ length: 300 }, (_, n) =>
      aContainer({ key: `atlas.${n}`, id: `${n}`, name: `web-${n}` }),
    );
    await page.receive({ containers: { items } });
    await page.type('input', 'web');
    expect(rows()).toHaveLength(50);
    expect(page.find('[role=status]').textContent).toBe('50 or more found');
  });

  it('says when nothing is called like that, and does nothing by Enter', async () => {
    await page.type('input', 'zzzz');
    expect(page.text).toContain('Nothing is called like that.');
    await press('Enter');
    expect(close).not.toHaveBeenCalled();
  });
});
