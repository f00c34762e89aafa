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
    ['DECKWATCH_SOURCE', 'podman', 'DECKWATCH_SOURCE is "podman": allowed: auto, docker, kubelet'],
    [
      'DECKWATCH_KUBELET_URL',
      'http://n',
      'DECKWATCH_KUBELET_URL is "http://n": allowed: a URL that begins with https://',
    ],
    ['DECKWATCH_KUBELET_CA', '/no', 'DECKWATCH_KUBELET_CA is "/no": allowed: the path of a readable file with'],
    [
      'DECKWATCH_KUBELET_INSECURE',
      'maybe',
      'DECKWATCH_KUBELET_INSECURE is "maybe": allowed: on, true, 1, off, false, 0',
    ],
    ['DOCKER_HOST', 'ssh://box', 'DOCKER_HOST is "ssh://box": allowed: unix:///path/of/docker.sock or tcp://host:port'],
  ])('%s=%s is refused in one line', (name, value, line) => {
    expect(() => readSettings(COLLECTOR_SETTINGS, { [name]: value })).toThrow(line);
  });
});
