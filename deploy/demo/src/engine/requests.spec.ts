import fc from 'fast-check';
import { eventLine, passes, type EngineEvent } from './event-log.ts';
import { BadRequest, flag, readFilters, readTime, routeOf } from './requests.ts';

describe('routeOf', () => {
  it.each([
    ['/_ping', { name: 'ping' }],
    ['/v1.41/version', { name: 'version' }],
    ['/v1.44/info', { name: 'info' }],
    ['/containers/json', { name: 'list' }],
    ['/v1.41/containers/abc/json', { name: 'inspect', container: 'abc' }],
    ['/containers/shop-web-1/stats', { name: 'stats', container: 'shop-web-1' }],
    ['/events', { name: 'events' }],
    ['/containers/abc/exec', { name: 'unknown' }],
    ['/containers/a/b/json', { name: 'unknown' }],
    ['/constructor', { name: 'unknown' }],
    ['/%E0%A4%A', { name: 'unknown' }],
    ['/', { name: 'unknown' }],
  ])('%s', (path, route) => expect(routeOf(path)).toEqual(route));

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string(), (path) => void routeOf(`/${path}`)),
      { seed: 1 },
    );
  });
});

describe('readFilters', () => {
  it('takes both spellings', () => {
    expect(readFilters('{"type":["container"],"event":{"die":true}}')).toEqual({ type: ['container'], event: ['die'] });
    expect(readFilters(null)).toEqual({});
  });
  it.each(['{', '[]', 'null', '{"type":"container"}', '3'])('refuses %s', (text) =>
    expect(() => readFilters(text)).toThrow(BadRequest),
  );
});

describe('readTime', () => {
  it.each([
    ['1700000000', 1_700_000_000_000],
    ['1700000000.25', 1_700_000_000_250],
    ['2026-11-22T14:00:00Z', Date.UTC(2026, 10, 22, 14)],
    ['', null],
    [null, null],
  ])('%s', (text, t) => expect(readTime(text)).toBe(t));
  it('refuses what is no time', () => expect(() => readTime('yesterday-ish')).toThrow(BadRequest));
});

describe('flag', () => {
  it.each([
    [null, true, true],
    ['1', false, true],
    ['true', false, true],
    ['0', true, false],
    ['false', true, false],
  ])('%s with default %s is %s', (text, absent, value) => expect(flag(text, absent)).toBe(value));
});

describe('passes', () => {
  const event: EngineEvent = {
    t: 1000, id: 'abcdef', name: 'shop-web-1', image: 'shop/web:2', action: 'health_status: unhealthy', attributes: {},
    labels: { project: 'shop' }, line: '',
  }; // prettier-ignore
  it.each([
    [{}, true],
    [{ type: ['container'] }, true],
    [{ type: ['network'] }, false],
    [{ event: ['health_status'] }, true],
    [{ event: ['die', 'start'] }, false],
    [{ container: ['abc'] }, true],
    [{ container: ['shop-web-1'] }, true],
    [{ container: ['other'] }, false],
    [{ image: ['shop/web'] }, true],
    [{ label: ['project=shop'] }, true],
    [{ label: ['project=wiki'] }, false],
  ])('%j: %s', (filters, result) => expect(passes(event, filters as Record<string, string[]>)).toBe(result));
});

describe('eventLine', () => {
  it('writes one line of JSON with exact nanoseconds, as Docker does', () => {
    const line = eventLine(
      { t: 1_700_000_000_123, id: 'ab', name: 'n', image: 'i:1', action: 'die', attributes: { exitCode: '1' } },
      { k: 'v' },
      42,
    );
    expect(line.endsWith('"timeNano":1700000000123000042}\n')).toBe(true);
    expect(JSON.parse(line)).toMatchObject({
      Type: 'container', Action: 'die', time: 1_700_000_000, Actor: { ID: 'ab', Attributes: { name: 'n', image: 'i:1', exitCode: '1', k: 'v' } },
    }); // prettier-ignore
  });
});
