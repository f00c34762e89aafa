import { Component, signal } from '@angular/core';
import { TestBed, type ComponentFixture } from '@angular/core/testing';
import type uPlot from 'uplot';
import type { Aligned } from '../core/trace.ts';
import { TimeChart } from './time-chart.ts';

const drawn: { options: uPlot.Options; data: unknown; destroyed: boolean }[] = [];
jest.mock('uplot', () => ({
  __esModule: true,
  default: class {
    readonly mine: (typeof drawn)[number];
    constructor(options: uPlot.Options, data: unknown) {
      drawn.push((this.mine = { options, data, destroyed: false }));
    }
    setData(data: unknown) {
      this.mine.data = data;
    }
    setCursor() {}
    setSize() {}
    valToPos() {}
    destroy() {
      this.mine.destroyed = true;
    }
  },
}));

@Component({
  imports: [TimeChart],
  template: `<ui-time-chart
    title="CPU"
    [lines]="[{ label: 'Use', color: '--accent' }]"
    [data]="data()"
    [format]="format"
  />`,
})
class Page {
  readonly data = signal<Aligned>([[], []]);
  readonly format = (value: number | null) => `${value} %`;
}

describe('a chart over time', () => {
  let fixture: ComponentFixture<Page>;
  const spoken = () => fixture.nativeElement.querySelector('ui-time-chart').getAttribute('aria-label') as string;
  async function give(data: Aligned): Promise<void> {
    fixture.componentInstance.data.set(data);
    await fixture.whenStable();
  }

  beforeEach(async () => {
    drawn.length = 0;
    const listens = { addEventListener: () => undefined, removeEventListener: () => undefined };
    const observer = class {
      observe() {}
      disconnect() {}
    };
    Object.assign(globalThis, { ResizeObserver: observer, matchMedia: () => listens });
    fixture = TestBed.createComponent(Page);
    await fixture.whenStable();
    for (let turn = 0; turn < 50 && drawn.length === 0; turn += 1) await Promise.resolve();
  });

  it('tells those who do not see it the last figure and the range', async () => {
    await give([[1, 2, 3, 4], [20, null, 5, 10]]); // prettier-ignore
    expect(spoken()).toBe('CPU over the last 15 minutes. Use: 10 %, between 5 % and 20 %');
  });

  it('says so when nothing is known', async () => {
    await give([[1, 2], [null, null]]); // prettier-ignore
    expect(spoken()).toBe('CPU over the last 15 minutes. Use: not known');
  });

  it('is drawn once and then given new figures, and goes with its page', async () => {
    await give([[1], [2]]);
    expect(drawn).toMatchObject([{ data: [[1], [2]], destroyed: false }]);
    fixture.destroy();
    expect(drawn[0]?.destroyed).toBe(true);
  });

  it('tells no time where it would run into the figures in the corner', () => {
    const values = drawn[0]!.options.axes![0]!.values as (plot: object, times: number[]) => string[];
    const at = new Date(2026, 10, 28, 9, 5).getTime() / 1000;
    const plot = { valToPos: (time: number) => time - at };
    expect(values(plot, [at + 3, at + 60, at + 15 * 60])).toEqual(['', '09:06', '09:20']);
  });
});
