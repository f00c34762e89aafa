import { inputBinding, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { Sparkline, sparklinePath } from './sparkline.ts';

describe('sparklinePath', () => {
  it('draws from left to right between floor and ceiling', () => {
    expect(sparklinePath(Float32Array.of(0, 5, 10), 10)).toBe('M0.0 17.0L30.0 9.0L60.0 1.0');
  });

  it('breaks the line where a value is not known', () => {
    expect(sparklinePath(Float32Array.of(0, NaN, 10), 10)).toBe('M0.0 17.0M60.0 1.0');
  });

  it('draws nothing of nothing', () => {
    expect(sparklinePath(new Float32Array(60).fill(NaN), 10)).toBe('');
  });
});

describe('a sparkline', () => {
  const values = signal(Float32Array.of(0, 0));
  const level = signal<number | null>(null);
  function draw(): HTMLElement {
    const bindings = [inputBinding('values', values), inputBinding('level', level), inputBinding('floor', () => 10)];
    const fixture = TestBed.createComponent(Sparkline, { bindings });
    fixture.detectChanges();
    return fixture.nativeElement as HTMLElement;
  }
  const lineOf = (element: HTMLElement) => element.querySelector('path')?.getAttribute('d');

  it('is decoration: the figure beside it is read', () => {
    expect(draw().getAttribute('aria-hidden')).toBe('true');
  });

  it('keeps what is far under its floor flat, and takes in what is over it', () => {
    values.set(Float32Array.of(0.1, 0.1));
    expect(lineOf(draw())).toBe('M0.0 16.8L60.0 16.8');
    values.set(Float32Array.of(0, 1000));
    expect(lineOf(draw())).toBe('M0.0 17.0L60.0 1.0');
  });

  it('shows a level across, with room above it', () => {
    values.set(Float32Array.of(0, 0));
    expect(draw().querySelector('.level')).toBeNull();
    level.set(100);
    expect(Number(draw().querySelector('.level')?.getAttribute('y1'))).toBeCloseTo(3.7, 1);
  });
});
