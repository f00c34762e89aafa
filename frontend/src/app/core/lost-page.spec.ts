import { loadAgain } from './lost-page.ts';

describe('a page whose script did not come', () => {
  let loaded: string[];
  let gateway: () => Promise<Response>;
  const kept = new Map<string, string>();
  const lose = () =>
    loadAgain({
      url: '/alerts?state=firing',
      browser: { fetch: () => gateway() },
      storage: { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) },
      load: (url) => loaded.push(url),
    });

  beforeEach(() => {
    jest.useFakeTimers();
    kept.clear();
    loaded = [];
    gateway = () => Promise.resolve({ ok: true } as Response);
  });
  afterEach(() => jest.useRealTimers());

  it('is loaded from its address', async () => {
    expect(await lose()).toBe(true);
    expect(loaded).toEqual(['/alerts?state=firing']);
  });

  it.each([
    ['does not answer', () => Promise.reject(new TypeError('Failed to fetch'))],
    ['is not well', () => Promise.resolve({ ok: false } as Response)],
  ])('leaves what is on screen while the gateway %s', async (_, answer) => {
    gateway = answer;
    expect(await lose()).toBe(false);
    gateway = () => Promise.resolve({ ok: true } as Response);
    expect(await lose()).toBe(true);
  });

  it('is not loaded over and over', async () => {
    await lose();
    jest.advanceTimersByTime(9999);
    expect(await lose()).toBe(false);
    jest.advanceTimersByTime(1);
    expect(await lose()).toBe(true);
    expect(loaded).toHaveLength(2);
  });
});
