import { TestBed, type ComponentFixture } from '@angular/core/testing';
import { ConfirmButton } from './confirm-button.ts';

describe('a button that asks once', () => {
  let fixture: ComponentFixture<ConfirmButton>;
  const done = jest.fn();
  const button = () => (fixture.nativeElement as HTMLElement).querySelector('button')!;
  const press = () => {
    button().click();
    fixture.detectChanges();
  };
  const words = () => button().textContent!.trim().replace(/\s+/g, ' ');

  beforeEach(() => {
    jest.useFakeTimers();
    done.mockClear();
    fixture = TestBed.createComponent(ConfirmButton);
    fixture.componentRef.setInput('what', 'the rule');
    fixture.componentInstance.confirmed.subscribe(done);
    fixture.detectChanges();
  });
  afterEach(() => {
    fixture.destroy();
    jest.useRealTimers();
  });

  it('does nothing before it was pressed twice', () => {
    expect(words()).toBe('Delete the rule');
    press();
    expect([words(), done.mock.calls.length]).toEqual(['Really delete the rule', 0]);
    press();
    expect([words(), done.mock.calls.length]).toEqual(['Delete the rule', 1]);
  });

  it.each([
    ['its time is over', () => jest.advanceTimersByTime(5000)],
    ['the focus goes elsewhere', () => button().dispatchEvent(new Event('blur'))],
  ])('asks anew when %s', (_, happens) => {
    press();
    happens();
    fixture.detectChanges();
    press();
    expect(done).not.toHaveBeenCalled();
  });
});
