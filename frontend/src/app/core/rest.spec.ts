import { TestBed } from '@angular/core/testing';
import { firstValueFrom } from 'rxjs';
import { settle, setUpConsole } from '../../testing/console.ts';
import { FakeFault, type FakeBrowser } from '../../testing/fake-browser.ts';
import { Rest } from './rest.ts';

describe('Rest', () => {
  let browser: FakeBrowser;
  let rest: Rest;
  beforeEach(() => {
    browser = setUpConsole();
    rest = TestBed.inject(Rest);
  });
  afterEach(() => jest.useRealTimers());

  it('tells of a fault in the words of the problem details', async () => {
    browser.answers['/api/v1/hosts/x'] = new FakeFault(404, 'no such host');
    await expect(firstValueFrom(rest.delete('/hosts/x'))).rejects.toMatchObject({
      status: 404,
      message: 'no such host',
    });
  });

  it('does not abort a request before its body is read', async () => {
    let signal: AbortSignal | undefined;
    browser.fetch = (_path, init) => {
      signal = init?.signal ?? undefined;
      const json = () => (signal?.aborted ? Promise.reject(new Error('aborted')) : Promise.resolve({ active: 1 }));
      return Promise.resolve({ ok: true, status: 200, json } as Response);
    };
    await expect(firstValueFrom(rest.get('/sessions/count'))).resolves.toEqual({ active: 1 });
  });

  it('aborts a request that nobody waits for and one that takes too long', async () => {
    const signals: (AbortSignal | null | undefined)[] = [];
    browser.fetch = (_path, init) => {
      signals.push(init?.signal);
      return new Promise<Response>(() => undefined);
    };
    rest.get('/hosts').subscribe().unsubscribe();
    expect(signals[0]?.aborted).toBe(true);
    const fault = jest.fn();
    rest.get('/hosts').subscribe({ error: fault });
    await settle(4500);
    expect(fault).toHaveBeenCalled();
    expect(signals[1]?.aborted).toBe(true);
  });
});
