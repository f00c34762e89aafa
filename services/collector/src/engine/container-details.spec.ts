import { masked, readDetails } from './container-details.ts';

const ANSWER = {
  Id: 'a'.repeat(64),
  Path: '/entry.sh',
  Args: ['--token=abc', 'serve'],
  Mounts: [
    { Type: 'volume', Name: 'data', Source: '/var/lib/docker/volumes/data/_data', Destination: '/data', RW: true },
    { Type: 'bind', Source: '/etc/x', Destination: '/x', RW: false },
  ],
  Config: { Env: ['PATH=/bin', 'DB_PASSWORD=hunter2', 'EMPTY='], ExposedPorts: { '80/tcp': {}, '53/udp': {} } },
  HostConfig: { RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 3 }, Memory: 1024, CpuQuota: 50_000 },
  NetworkSettings: {
    Ports: {
      '80/tcp': [
        { HostIp: '0.0.0.0', HostPort: '8080' },
        { HostIp: '::', HostPort: '8080' },
      ],
      '53/udp': null,
    },
    Networks: { front: {}, back: {} },
  },
  State: { Health: { Status: 'unhealthy', FailingStreak: 4, Log: [{ Output: 'old' }, { Output: 'refused' }] } },
};

describe('what an inspection tells of a container', () => {
  it('is its ports, mounts, networks, limits and health check', () => {
    expect(readDetails(ANSWER)).toEqual({
      command: '/entry.sh --token=*** serve',
      ports: [
        { container: 53, protocol: 'udp', hostIp: null, hostPort: null },
        { container: 80, protocol: 'tcp', hostIp: '0.0.0.0', hostPort: 8080 },
        { container: 80, protocol: 'tcp', hostIp: '::', hostPort: 8080 },
      ],
      mounts: [
        { type: 'volume', source: 'data', target: '/data', readOnly: false },
        { type: 'bind', source: '/etc/x', target: '/x', readOnly: true },
      ],
      env: ['DB_PASSWORD', 'EMPTY', 'PATH'],
      networks: ['back', 'front'],
      restartPolicy: 'on-failure, 3 times',
      limits: { cpus: 0.5, memory: 1024 },
      health: { status: 'unhealthy', failingStreak: 4, lastOutput: 'refused' },
    });
  });

  it('holds no value of any environment variable', () => {
    expect(JSON.stringify(readDetails(ANSWER))).not.toContain('hunter2');
  });

  it('is little when the engine says little', () => {
    expect(readDetails({})).toMatchObject({ command: '', ports: [], health: null, restartPolicy: 'no' });
    expect(readDetails({ Config: 7, HostConfig: null, Mounts: 'x', State: [] })).toMatchObject({ env: [], mounts: [] });
  });
});

describe('masking', () => {
  it.each([
    ['curl -H "Authorization: Bearer abcdef123456"', 'curl -H "Authorization: Bearer ***"'],
    ['postgres://user:s3cret@db/x failed', 'postgres://user:***@db/x failed'],
    ['{"password": "x y"}', '{"password": "*** y"}'],
    ['redis-server --requirepass hunter2', 'redis-server --requirepass ***'],
    ['connection refused', 'connection refused'],
  ])('%s', (text, shown) => {
    expect(masked(text)).toBe(shown);
  });
});
