import fc from 'fast-check';
import { fullId } from '../../test/fake-engine.ts';
import { readEvent, readInfo, readInspection, readList } from './engine-answers.ts';

const ID = fullId('web');

const INSPECTION = {
  Id: ID,
  Created: '2026-11-22T20:48:56.601414819Z',
  Name: '/web',
  RestartCount: 2,
  State: {
    Status: 'running',
    Pid: 4711,
    ExitCode: 0,
    OOMKilled: false,
    StartedAt: '2026-11-22T20:48:56.841112514Z',
    FinishedAt: '0001-01-01T00:00:00Z',
    Health: { Status: 'healthy', FailingStreak: 0, Log: [] },
  },
  Config: { Image: 'nginx:1', Labels: { a: 'b' } },
  HostConfig: { NetworkMode: 'container:abc', CgroupParent: '/mine' },
};

describe('an inspection', () => {
  it('is read as Engine 20.10 writes it', () => {
    expect(readInspection(INSPECTION)).toEqual({
      id: ID,
      name: 'web',
      image: 'nginx:1',
      state: 'running',
      health: 'healthy',
      labels: { a: 'b' },
      createdAt: Date.parse('2026-11-22T20:48:56.601Z'),
      startedAt: Date.parse('2026-11-22T20:48:56.841Z'),
      finishedAt: null,
      restartCount: 2,
      exitCode: 0,
      oomKilled: false,
      pid: 4711,
      networkMode: 'container:abc',
      cgroupParent: '/mine',
    });
  });

  it('has no health while the container does not run: the engine calls it unhealthy then', () => {
    const stopped = { ...INSPECTION.State, Status: 'exited', Health: { Status: 'unhealthy' } };
    expect(readInspection({ ...INSPECTION, State: stopped }).health).toBeNull();
  });

  it('has no health without a check', () => {
    expect(
      readInspection({ ...INSPECTION, State: { ...INSPECTION.State, Health: { Status: 'none' } } }).health,
    ).toBeNull();
  });

  it('is refused when it is of no container', () => {
    expect(() => readInspection({ message: 'page not found' })).toThrow();
  });

  it('has whatever labels it has, names of prototypes too', () => {
    const labels = JSON.parse('{"__proto__":"x","constructor":"y","n":"\\ud800","bad":5}') as object;
    const facts = readInspection({ ...INSPECTION, Config: { Image: 'i', Labels: labels } });
    expect(facts.labels['constructor']).toBe('y');
    expect(facts.labels).not.toHaveProperty('bad');
    expect(Object.getPrototypeOf(facts.labels)).toBe(Object.prototype);
  });
});

describe('an event', () => {
  const event = {
    Type: 'container',
    Action: 'die',
    Actor: { ID, Attributes: { exitCode: '137', image: 'nginx:1', name: 'web', team: 'x' } },
    time: 1795380542,
    timeNano: JSON.parse('1795380542751847714') as number,
  };

  it('is read with its time and exit code', () => {
    expect(readEvent(event)).toMatchObject({
      id: ID,
      action: 'die',
      t: 1795380542751,
      exitCode: 137,
      name: 'web',
      image: 'nginx:1',
    });
  });

  it('of health is read with its word', () => {
    expect(readEvent({ ...event, Action: 'health_status: unhealthy' })).toMatchObject({
      action: 'health_status',
      health: 'unhealthy',
    });
  });

  it.each([
    ['died', 'die'],
    ['remove', 'destroy'],
  ])('that Podman calls %s is %s', (said, action) => {
    expect(readEvent({ ...event, Action: said })).toMatchObject({ action });
  });

  it.each([
    ['an exec', { Action: 'exec_create: /bin/sh -c true' }],
    ['a network', { Type: 'network' }],
    ['no container', { Actor: { ID: 'nonsense', Attributes: {} } }],
    ['no time', { time: 0, timeNano: 0 }],
  ])('of %s is left out', (_, over) => {
    expect(readEvent({ ...event, ...over })).toBeUndefined();
  });
});

describe('a list', () => {
  it('tells state and health from the sentence of the status', () => {
    const line = (Status: string, State = 'running') => ({ Id: ID, Names: ['/web'], State, Status });
    const list = readList([
      line('Up 5 seconds (healthy)'),
      line('Up 1 second (health: starting)'),
      line('Up 2 hours'),
      line('Exited (137) 3 days ago', 'exited'),
    ]);
    expect(list.map(({ health }) => health)).toEqual(['healthy', 'starting', null, null]);
    expect(list[3]).toEqual({ id: ID, name: 'web', state: 'exited', health: null });
  });

  it('leaves out lines that are no containers', () => {
    expect(readList([null, {}, 5])).toEqual([]);
    expect(() => readList({ message: 'forbidden' })).toThrow();
  });
});

it('an engine without a name or id is one all the same', () => {
  expect(readInfo({})).toMatchObject({ id: '', name: '', cpus: 1, memTotal: null, labels: [] });
});

it('nothing that an engine may answer does more than be refused', () => {
  const keys = fc.constantFrom(
    'Id',
    'State',
    'Status',
    'Names',
    'Actor',
    'ID',
    'Attributes',
    'Action',
    'timeNano',
    'Config',
    'Labels',
    'Health',
    'StartedAt',
  );
  const json = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.string(),
      fc.double(),
      fc.boolean(),
      fc.constant(null),
      fc.constant(ID),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(keys, tie('value'), { maxKeys: 5 }),
    ),
  })).value;
  fc.assert(
    fc.property(json, (answer) => {
      expect(() => readEvent(answer)).not.toThrow();
      for (const read of [readList, readInspection, readInfo]) {
        try {
          read(answer);
        } catch (error) {
          expect((error as Error).name).toMatch(/Zod/);
        }
      }
    }),
    { seed: 6, numRuns: 1000 },
  );
});
