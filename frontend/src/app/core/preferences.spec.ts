import { TestBed } from '@angular/core/testing';
import { Preferences } from './preferences.ts';

describe('preferences', () => {
  beforeEach(() => localStorage.clear());
  afterEach(() => jest.restoreAllMocks());
  const again = (): Preferences => {
    TestBed.resetTestingModule();
    return TestBed.inject(Preferences);
  };

  it('are kept in this browser, and forgotten when they are as usual again', () => {
    const density = TestBed.inject(Preferences).signal('density', 'comfortable');
    TestBed.tick();
    density.set('compact');
    TestBed.tick();
    expect(localStorage.getItem('deckwatch.density')).toBe('compact');
    const later = again().signal('density', 'comfortable');
    expect(later()).toBe('compact');
    TestBed.tick();
    later.set('comfortable');
    TestBed.tick();
    expect(localStorage.getItem('deckwatch.density')).toBeNull();
  });

  it('are one for all who ask by the same name', () => {
    const preferences = TestBed.inject(Preferences);
    preferences.signal('toasts', true).set(false);
    expect(preferences.signal('toasts', true)()).toBe(false);
  });

  it('that are of another kind or not acceptable count as not stored', () => {
    localStorage.setItem('deckwatch.columns', '{"a":1}');
    localStorage.setItem('deckwatch.theme', 'pink');
    expect(TestBed.inject(Preferences).signal<string[]>('columns', ['cpu'])()).toEqual(['cpu']);
    const themes = ['light', 'dark'];
    expect(TestBed.inject(Preferences).signal('theme', 'light', (theme) => themes.includes(theme))()).toBe('light');
  });

  it('last as long as the page where storage is closed', () => {
    jest.spyOn(Storage.prototype, 'getItem').mockImplementation(() => {
      throw new Error('denied');
    });
    jest.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
      throw new Error('full');
    });
    const toasts = TestBed.inject(Preferences).signal('toasts', true);
    TestBed.tick();
    toasts.set(false);
    TestBed.tick();
    expect(toasts()).toBe(false);
  });
});
