import { inputBinding, type Type } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { EmptyState } from './empty-state.ts';
import { Icon } from './icon.ts';
import { Keys } from './keys.ts';
import { Meter } from './meter.ts';
import { StatusDot } from './status-dot.ts';

function draw(piece: Type<unknown>, inputs: Record<string, unknown>): HTMLElement {
  const bindings = Object.entries(inputs).map(([name, value]) => inputBinding(name, () => value));
  const fixture = TestBed.createComponent(piece, { bindings });
  fixture.detectChanges();
  return fixture.nativeElement as HTMLElement;
}

describe('an icon', () => {
  it('is drawn, and not read out', () => {
    const icon = draw(Icon, { name: 'close' });
    expect(icon.querySelector('path')?.getAttribute('d')).toBe('M4 4l8 8M12 4l-8 8');
    expect(icon.getAttribute('aria-hidden')).toBe('true');
  });
});

describe('a status dot', () => {
  it('has the colour of its tone, and words for those who do not see it', () => {
    const dot = draw(StatusDot, { tone: 'bad', label: 'down', hollow: true });
    expect([...dot.classList]).toEqual(expect.arrayContaining(['bad', 'hollow']));
    expect([dot.role, dot.ariaLabel]).toEqual(['img', 'down']);
  });
});

describe('a meter', () => {
  const bar = (value: number | null): string => draw(Meter, { value }).style.backgroundSize;

  it('is as long as its share, and never beyond its ends', () => {
    expect([0.25, null, -1, 7].map(bar)).toEqual(['25.0% 100%', '0.0% 100%', '0.0% 100%', '100.0% 100%']);
  });

  it('warns when it is nearly full, unless that is no worry', () => {
    expect(draw(Meter, { value: 0.85 }).className).toContain('high');
    expect(draw(Meter, { value: 0.95 }).className).toContain('full');
    expect(draw(Meter, { value: 0.95, alarming: false }).className).not.toContain('full');
  });
});

describe('keys', () => {
  it('are named one by one, those pressed in turn as such', () => {
    const words = (keys: string) => [...draw(Keys, { keys }).children].map((child) => child.textContent);
    expect(words('mod+k')).toEqual(['Ctrl', 'k']);
    expect(words('g c')).toEqual(['g', 'then', 'c']);
  });
});

describe('an empty state', () => {
  it('is headed by what is not there', () => {
    expect(draw(EmptyState, { title: 'No alerts' }).querySelector('h2')?.textContent).toBe('No alerts');
  });
});
