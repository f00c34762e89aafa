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

  it('lets rows beside each other take what is new in frames of their own, all of them however much comes', () => {
    const browser = setUpConsole();
    const repaint = TestBed.inject(Repaint);
    const tracked = repaint.track();
    const rows = [0, 1, 2, 3].map((row) => computed(() => repaint.turn(row)));
    const before = rows.map((row) => row());
    const told = () => rows.filter((row, at) => row() !== before[at]).length;
    const frames: number[] = [];
    tracked.mark();
    for (let frame = 0; frame < 4; frame += 1) {
      const paints = browser.paints.splice(0);
      for (const paint of paints) paint();
      frames.push(told());
      tracked.mark();
    }
    expect(frames).toEqual([1, 2, 3, 4]);
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
