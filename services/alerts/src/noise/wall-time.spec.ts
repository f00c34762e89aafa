import { isTimeZone, wallTimeToMs } from './wall-time.ts';

describe('a time on the wall', () => {
  it.each([
    ['2026-11-28T22:00', 'UTC', '2026-11-28T22:00:00Z'],
    ['2026-11-28T22:00:30', 'UTC', '2026-11-28T22:00:30Z'],
    ['2026-11-28T22:00', 'Europe/Berlin', '2026-11-28T21:00:00Z'],
    ['2026-07-28T22:00', 'Europe/Berlin', '2026-07-28T20:00:00Z'],
    ['2026-07-28T22:00', 'America/St_Johns', '2026-07-29T00:30:00Z'],
    ['2026-03-29T01:59', 'Europe/Berlin', '2026-03-29T00:59:00Z'],
    ['2026-03-29T03:00', 'Europe/Berlin', '2026-03-29T01:00:00Z'],
  ])('%s in %s is %s', (text, zone, utc) => {
    expect(wallTimeToMs(text, zone)).toBe(Date.parse(utc));
  });

  it('that comes twice is the first of the two', () => {
    expect(wallTimeToMs('2026-10-25T02:30', 'Europe/Berlin')).toBe(Date.parse('2026-10-25T00:30:00Z'));
  });

  it('that is skipped is as much later as the clocks skip', () => {
    expect(wallTimeToMs('2026-03-29T02:30', 'Europe/Berlin')).toBe(Date.parse('2026-03-29T01:30:00Z'));
  });

  it('is none on a day that no calendar has', () => {
    expect(wallTimeToMs('2026-02-30T10:00', 'UTC')).toBeNaN();
  });

  it('needs a zone that there is', () => {
    expect(isTimeZone('Europe/Berlin')).toBe(true);
    expect(isTimeZone('Europe/Nowhere')).toBe(false);
  });
});
