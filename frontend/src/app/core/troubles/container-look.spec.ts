import { aContainer } from '../../../testing/builders.ts';
import { isTroubled, lookOf } from './container-look.ts';

describe('lookOf', () => {
  it.each([
    [{ state: 'running' }, 'good', 'running', null],
    [{ state: 'running', health: 'healthy' }, 'good', 'running, healthy', null],
    [{ state: 'running', health: 'unhealthy' }, 'bad', 'running, unhealthy', 'unhealthy'],
    [{ state: 'running', health: 'starting' }, 'good', 'running, health starting', null],
    [{ state: 'paused' }, 'warn', 'paused', 'paused'],
    [{ state: 'restarting' }, 'warn', 'restarting', 'restarting'],
    [{ state: 'exited', exitCode: 0 }, 'idle', 'exited', 'exited'],
    [{ state: 'exited', exitCode: 1 }, 'bad', 'exited with 1', 'exit 1'],
    [{ state: 'exited', exitCode: 137, oomKilled: true }, 'bad', 'exited, out of memory', 'out of memory'],
    [{ state: 'exited', exitCode: 143, event: 'stopped' }, 'idle', 'stopped, exited with 143', 'exit 143'],
    [{ state: 'created' }, 'idle', 'created', 'created'],
  ] as const)('of %j', (over, tone, text, badge) => {
    expect(lookOf(aContainer(over))).toMatchObject({ tone, text, badge });
  });
});

describe('isTroubled', () => {
  it.each([
    [{ state: 'running', health: 'healthy' }, false],
    [{ state: 'running', health: 'unhealthy' }, true],
    [{ state: 'exited', exitCode: 0 }, false],
    [{ state: 'exited', exitCode: 137 }, true],
    [{ state: 'exited', exitCode: 137, event: 'stopped' }, false],
    [{ state: 'restarting' }, true],
    [{ state: 'dead' }, true],
    [{ state: 'paused' }, false],
  ] as const)('of %j is %p', (over, troubled) => {
    expect(isTroubled(aContainer(over))).toBe(troubled);
  });
});
