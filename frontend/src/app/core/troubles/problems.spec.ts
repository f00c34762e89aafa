import { aContainer, aHost, anAlert } from '../../../testing/builders.ts';
import { problemsOf, type Fleet } from './problems.ts';

const fleet = (over: Partial<Fleet> = {}): Fleet => ({
  alerts: [],
  hosts: [aHost()],
  containers: [],
  faults: [],
  ...over,
});
const onContainer = (over: Parameters<typeof anAlert>[0] = {}) =>
  anAlert({
    target: { kind: 'container', key: 'atlas.a1b2c3d4e5f6', name: 'shop-web-1', host: 'atlas' },
    message: 'shop-web-1 is unhealthy',
    ...over,
  });

describe('problems', () => {
  it('are none where all is well', () => {
    expect(problemsOf(fleet())).toEqual([]);
  });

  it('are one a target, whatever is wrong with it', () => {
    const alerts = [
      onContainer(),
      anAlert({ id: 'a', message: 'over 80 %' }),
      anAlert({ id: 'b', severity: 'critical', message: 'over 90 %' }),
    ];
    const problems = problemsOf(fleet({ alerts, containers: [aContainer({ health: 'unhealthy' })] }));
    expect(problems.map(({ name, tone, reasons }) => [name, tone, reasons])).toEqual([
      ['shop-web-1', 'bad', ['shop-web-1 is unhealthy']],
      ['atlas', 'bad', ['over 80 %', 'over 90 %']],
    ]);
  });

  it('say what is wrong with a container that no alert tells of, and where it is', () => {
    const containers = [aContainer({ state: 'exited', exitCode: 3, event: 'died' })];
    expect(problemsOf(fleet({ containers }))).toMatchObject([
      { reasons: ['exited with 3'], link: { commands: ['/containers', 'atlas', 'a1b2c3d4e5f6'] } },
    ]);
  });

  it('leave out what is pending, acknowledged, silenced or told of by another alert', () => {
    const alerts = [
      anAlert({ id: 'a', state: 'pending' }),
      anAlert({ id: 'b', ack: { by: 'ana', at: 1, note: '' } }),
      anAlert({ id: 'c', silencedBy: ['s'] }),
      anAlert({ id: 'd', inhibitedBy: 'x' }),
    ];
    expect(problemsOf(fleet({ alerts }))).toEqual([]);
  });

  it('count a host that is down once, not with each of its containers', () => {
    const containers = [aContainer({ health: 'unhealthy' })];
    const problems = problemsOf(fleet({ hosts: [aHost({ status: 'down' })], containers }));
    expect(problems.map(({ key }) => key)).toEqual(['host:atlas']);
  });

  it('put the worst first and the demo behind what is real', () => {
    const hosts = [aHost({ status: 'stale' }), aHost({ host: 'demo', demo: true, status: 'down' })];
    const containers = [aContainer({ id: 'b00000000000', host: 'borealis', state: 'dead' })];
    const problems = problemsOf(fleet({ hosts, containers, faults: ['redis is down'] }));
    expect(problems.map(({ name, demo }) => [name, demo])).toEqual([
      ['Deckwatch', false],
      ['shop-web-1', false],
      ['demo', true],
      ['atlas', false],
    ]);
  });

  it('lead to the place of each target', () => {
    const target = (kind: 'sessions' | 'service', key: string) => ({ kind, key, name: key, host: null });
    const alerts = [
      anAlert({ target: target('sessions', 'shop') }),
      anAlert({ id: 'x', target: target('service', 'shop/web') }),
    ];
    expect(problemsOf(fleet({ alerts })).map(({ link }) => link)).toEqual([
      { commands: ['/sessions'] },
      { commands: ['/containers'], queryParams: { q: 'shop/web' } },
    ]);
  });
});
