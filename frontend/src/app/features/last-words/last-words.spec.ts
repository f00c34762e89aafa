import { Component } from '@angular/core';
import { TestPage } from '../../../testing/page.ts';
import { exitWords } from './last-words.ts';
import { LastWordsView } from './last-words-view.ts';

@Component({ imports: [LastWordsView], template: '<app-last-words host="atlas" id="abc" [from]="100" />' })
class Framed {}

const MIB = 2 ** 20;
const words = (over: object = {}) => ({
  v: 1, t: 5000, host: 'atlas', id: 'abc', name: 'web', event: 'died', exitCode: 137, oomKilled: true,
  memLimit: 64 * MIB, memPeak: 63 * MIB, cols: ['t', 'cpu', 'mem'], samples: [[4000, 10, 5 * MIB], [4500, 20, 63 * MIB]],
  lines: ['starting', 'out of luck'], linesReason: null, ...over,
}); // prettier-ignore

describe('last words', () => {
  let page: TestPage<Framed>;
  const open = async (...items: object[]) => {
    page = await TestPage.open(Framed, { '/api/v1/containers/atlas/abc/last-words': { items } });
    await page.settle();
  };
  afterEach(() => {
    page.fixture.destroy();
    jest.useRealTimers();
  });

  it('show exit code, peak against limit, the last samples and the last lines', async () => {
    await open(words(), words({ t: 4000, exitCode: 1 }));
    expect(page.find('h2').textContent).toBe('Before it died');
    expect(page.all('dd')).toEqual(['137: killed for lack of memory', '63.0 MiB of 64.0 MiB', '20.0 %', '63.0 MiB']);
    expect(page.all('dt')).toContain('Memory, last 2 samples');
    expect(page.find('pre').textContent).toBe('starting\nout of luck');
  });

  it('say why there are no lines, and nothing of an exit that was none', async () => {
    const over = { event: 'unhealthy', exitCode: null, memLimit: null, lines: [], linesReason: 'switched off on its host' }; // prettier-ignore
    await open(words(over));
    expect(page.text).toContain('No lines of its log: switched off on its host.');
    expect(page.text).toContain('of no limit');
    expect(page.text).not.toContain('Exit code');
  });

  it.each([
    ['there are none', []],
    ['those that are kept are of another time', [words({ t: 50 })]],
    ['what came is none', [{ t: 'x' }, words({ samples: 7 })]],
  ])('are left out when %s', async (_, items) => {
    await open(...items);
    expect(page.text).toBe('');
  });

  it.each([
    [137, true, '137: killed for lack of memory'],
    [137, false, '137: killed, SIGKILL'],
    [135, null, '135: ended by signal 7'],
    [3, null, '3'],
    [null, null, null],
  ])('say what exit code %p means (out of memory: %p)', (code, oom, said) => {
    expect(exitWords(code, oom)).toBe(said);
  });
});
