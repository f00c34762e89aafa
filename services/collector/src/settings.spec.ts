import { readSettings } from '@deckwatch/service-kit';
import { COLLECTOR_SETTINGS } from './settings.ts';

describe('the settings', () => {
  it('have defaults', () => {
    expect(readSettings(COLLECTOR_SETTINGS, {})).toMatchObject({
      DECKWATCH_INTERVAL_MS: 1000,
      DECKWATCH_SOURCE: 'auto',
      DECKWATCH_READER: 'auto',
      DECKWATCH_SINGLE_SUBJECTS: 'on',
      DECKWATCH_CGROUP_ROOT: '/sys/fs/cgroup',
      DECKWATCH_PROC_ROOT: '/proc',
    });
  });

  it.each([
    ['DECKWATCH_INTERVAL_MS', '249', 'DECKWATCH_INTERVAL_MS is "249": allowed: a whole number from 250 to 60000'],
    ['DECKWATCH_READER', 'psychic', 'DECKWATCH_READER is "psychic": allowed: auto, cgroup, engine'],
    ['DECKWATCH_SOURCE', 'kubelet', 'DECKWATCH_SOURCE is "kubelet": not available yet; allowed: auto, docker'],
    ['DOCKER_HOST', 'ssh://box', 'DOCKER_HOST is "ssh://box": allowed: unix:///path/of/docker.sock or tcp://host:port'],
  ])('%s=%s is refused in one line', (name, value, line) => {
    expect(() => readSettings(COLLECTOR_SETTINGS, { [name]: value })).toThrow(line);
  });
});
