import { computed } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { setUpConsole } from '../../testing/console.ts';
import { Pause } from './pause.ts';
import { Repaint } from './repaint.ts';

describe('Repaint', () => {
  afterEach(() => jest.useRealTimers());

  it('shows many changes of one frame once', () => {
    const browser = setUpConsole();
    const repaint = TestBed.inject(Repaint);
    const tracked = repaint.track();
    const other = repaint.track();
    let shown = 0;
    const view = computed(() => (tracked.version(), (shown += 1)));
    view();
    for (let change = 0; change < 10; change += 1) tracked.mark();
    other.mark();
    view();
    expect(shown).toBe(1);
    expect(browser.paints).toHaveLength(1);
    browser.paint();
    view();
    expect(shown).toBe(2);
  });

  it('leaves alone what did not change', () => {
    const browser = setUpConsole();
    const repaint = TestBed.inject(Repaint);
    const tracked = repaint.track();
    const other = repaint.track();
    let shown = 0;
    const view = computed(() => (tracked.version(), (shown += 1)));
    view();
    other.mark();
    browser.paint();
    view();
    expect(shown).toBe(1);
  });
});

describe('while figures are paused', () => {
  afterEach(() => jest.useRealTimers());

  it('they stand still, alerts do not, and the end state shows when they move again', () => {
    const browser = setUpConsole();
    const repaint = TestBed.inject(Repaint);
    const pause = TestBed.inject(Pause);
    const figures = repaint.track();
    const alerts = repaint.track('always');
    const before = figures.version();
    pause.toggle();
    TestBed.tick();
    figures.mark();
    alerts.mark();
    browser.paint();
    expect(figures.version()).toBe(before);
    expect(alerts.version()).toBe(1);
    pause.toggle();
    TestBed.tick();
    browser.paint();
    expect(figures.version()).toBe(before + 1);
  });
});
