import type { ContainerEvent } from '@deckwatch/contracts';
import { aPod, at, ended, KUBERNETES, POD_UID, running, T0, waiting, type ContainerLook, type KubernetesVersion, type PodLook } from '../../test/pods.ts'; // prettier-ignore
import { fullId } from '../../test/fake-engine.ts';
import type { EngineEvent } from '../engine/engine.ts';
import { ContainerLifecycle } from '../inventory/container-lifecycle.ts';
import { Identities } from './identities.ts';
import { PodStore } from './pod-store.ts';

const READY = { readinessProbe: { httpGet: { path: '/', port: 80 }, periodSeconds: 5, failureThreshold: 3 } };

/** A store, and what a life makes of its events. */
class Story {
  second = 0;
  readonly events: EngineEvent[] = [];
  readonly said: ContainerEvent[] = [];
  readonly identities = new Identities();
  private readonly lives = new Map<string, ContainerLifecycle>();
  readonly store = new PodStore(this.identities, () => T0 + this.second * 1000, (event) => this.take(event)); // prettier-ignore

  put(containers: ContainerLook[], over: PodLook = {}): this {
    this.store.put(aPod({ containers, ...over }));
    return this;
  }

  get names(): string[] {
    return this.said.map(({ event }) => event);
  }

  private take(event: EngineEvent): void {
    this.events.push(event);
    const life = this.lives.get(event.id) ?? new ContainerLifecycle('node-1', event.id);
    this.lives.set(event.id, life);
    this.said.push(...life.onEvent(event, event.facts));
  }
}

describe('the containers of a pod', () => {
  it.each(Object.keys(KUBERNETES) as KubernetesVersion[])('are what their pod says of them, on %s', (version) => {
    const { said, store } = new Story().put([{}], { version });
    expect(said.map(({ event }) => event)).toEqual(['created', 'started']);
    expect(said[1]).toMatchObject({
      id: fullId('run-0').slice(0, 12),
      name: 'web-7d4b9c6f5d-x2x4z/app',
      image: 'registry.example/web:1.4',
      project: 'shop',
      service: 'web',
      state: 'running',
      createdAt: T0 - 60_000,
      startedAt: T0,
      restarts: 0,
      labels: { app: 'web', 'io.kubernetes.pod.uid': POD_UID, 'io.kubernetes.container.name': 'app' },
    });
    expect(store.container(said[1]!.id)!.facts).toMatchObject({ runId: fullId('run-0'), pid: null });
  });

  it('are known from the moment when they have an id', () => {
    const story = new Story().put([{ id: '', state: waiting('ContainerCreating'), ready: false }]);
    expect(story.events).toEqual([]);
    expect(story.put([{}]).names).toEqual(['created', 'started']);
  });

  it('end once and start again as the same container, with the exit that Kubernetes tells', () => {
    const story = new Story().put([{}]);
    const lastState = ended('run-0', 0, 40, 3);
    story.put([{ state: waiting('CrashLoopBackOff'), lastState, restartCount: 0, ready: false }]);
    expect(story.said.at(-1)).toMatchObject({ event: 'died', exitCode: 3, state: 'restarting', t: T0 + 40_000 });
    story.put([{ id: 'run-1', state: running(50), lastState, restartCount: 1 }]);
    story.put([{ id: 'run-1', state: running(50), lastState, restartCount: 1 }]);
    expect(story.names).toEqual(['created', 'started', 'died', 'restarted']);
    expect(story.said.at(-1)).toMatchObject({ restarts: 1, startedAt: T0 + 50_000, id: fullId('run-0').slice(0, 12) });
    expect(story.store.container(fullId('run-0').slice(0, 12))!.facts.runId).toBe(fullId('run-1'));
  });

  it('tell an end that is seen only after the next start', () => {
    const story = new Story().put([{}]);
    story.put([{ id: 'run-1', state: running(9), lastState: ended('run-0', 0, 8, 1), restartCount: 1 }]);
    expect(story.names).toEqual(['created', 'started', 'died', 'restarted']);
    expect(story.said[2]).toMatchObject({ exitCode: 1, t: T0 + 8000 });
  });

  it('tell runs that began and ended unseen, and count those that nobody saw', () => {
    const story = new Story().put([{}]);
    story.put([{ id: 'run-5', state: running(90), lastState: ended('run-4', 80, 85, 7), restartCount: 5 }]);
    expect(story.names).toEqual(['created', 'started', 'died', 'restarted', 'died', 'restarted']);
    expect(story.said.at(-1)).toMatchObject({ restarts: 5 });
    expect(story.said.at(-2)).toMatchObject({ exitCode: 7 });
  });

  it('tell two runs of the same second apart', () => {
    const story = new Story().put([{}]);
    story.put([{ id: 'run-1', state: running(0), lastState: ended('run-0', 0, 0, 1), restartCount: 1 }]);
    story.put([{ id: 'run-1', state: ended('run-1', 0, 0, 2), lastState: ended('run-0', 0, 0, 1), restartCount: 1 }]);
    expect(story.names).toEqual(['created', 'started', 'died', 'restarted', 'died']);
    expect(story.said.at(-1)).toMatchObject({ exitCode: 2 });
  });

  it('say that memory ran out, then that it died of it', () => {
    const story = new Story().put([{}]);
    story.put([{ state: ended('run-0', 0, 5, 137, { reason: 'OOMKilled' }), ready: false }]);
    expect(story.names).toEqual(['created', 'started', 'oom', 'died']);
    expect(story.said.at(-1)).toMatchObject({ oomKilled: true, exitCode: 137, state: 'restarting' });
  });

  it('are stopped when their pod is deleted, however long that took, then removed', () => {
    const story = new Story().put([{}]);
    const metadata = { deletionTimestamp: at(90), deletionGracePeriodSeconds: 90 };
    story.put([{}], { metadata });
    story.put([{ state: ended('run-0', 0, 90, 137), ready: false }], { metadata });
    expect(story.said.at(-1)).toMatchObject({ event: 'stopped', exitCode: 137, state: 'exited' });
    story.store.remove(aPod({ metadata }));
    expect(story.names).toEqual(['created', 'started', 'stopped', 'removed']);
    expect(story.store.container(story.said[0]!.id)).toBeUndefined();
  });

  it('are stopped and removed where the pod is gone before they were seen to end', () => {
    const story = new Story().put([{}]);
    story.store.replace([]);
    expect(story.names).toEqual(['created', 'started', 'stopped', 'removed']);
  });

  it('died where the pod lost their status, as when it was evicted', () => {
    const story = new Story().put([{}]);
    story.put([], { status: { phase: 'Failed', reason: 'Evicted', containerStatuses: [] } });
    expect(story.names).toEqual(['created', 'started', 'died', 'removed']);
  });

  it('that a liveness probe has ended died', () => {
    const story = new Story().put([{}]);
    story.put([{ id: 'run-1', state: running(40), lastState: ended('run-0', 0, 39, 143), restartCount: 1 }]);
    expect(story.said[2]).toMatchObject({ event: 'died', exitCode: 143 });
  });

  it('of a job rest when they are done', () => {
    const spec = { restartPolicy: 'OnFailure' };
    const story = new Story().put([{}], { spec });
    story.put([{ state: ended('run-0', 0, 30, 0), ready: false }], { spec });
    expect(story.said.at(-1)).toMatchObject({ event: 'stopped', state: 'exited', exitCode: 0 });
  });

  it('have times of their own where the kubelet knows none', () => {
    const story = new Story().put([{}]);
    const never = { startedAt: '0001-01-01T00:00:00Z', finishedAt: '0001-01-01T00:00:00Z' };
    story.second = 70;
    story.put([{ state: ended('run-0', 0, 0, 137, { ...never, reason: 'ContainerStatusUnknown' }), ready: false }]);
    expect(story.said.at(-1)).toMatchObject({ event: 'died', t: T0 + 70_000, startedAt: T0 });
  });
});

describe('containers beside the main ones', () => {
  const init = (look: ContainerLook): PodLook => ({ initContainers: [{ name: 'prepare', id: 'init-0', ...look }] });

  it('that prepare are shown while they run, and go when they have succeeded', () => {
    const none = [{ id: '', state: waiting('PodInitializing'), ready: false }];
    const story = new Story().put(none, init({ ready: false }));
    story.put(none, init({ state: ended('init-0', 0, 4, 0), ready: true }));
    expect(story.names).toEqual(['created', 'started', 'stopped', 'removed']);
    story.put([{}], init({ state: ended('init-0', 0, 4, 0), ready: true }));
    expect(story.names.slice(4)).toEqual(['created', 'started']);
  });

  it('that prepare stay when they fail', () => {
    const story = new Story().put([], init({ ready: false }));
    story.put([], init({ state: ended('init-0', 0, 4, 1), ready: false }));
    expect(story.said.at(-1)).toMatchObject({ event: 'died', state: 'restarting', name: 'web-7d4b9c6f5d-x2x4z/prepare' }); // prettier-ignore
  });

  it('that accompany are stopped when all that they were for has ended', () => {
    const sidecar = { spec: { restartPolicy: 'Always' } };
    const spec = (look: ContainerLook): PodLook => ({ ...init({ ...sidecar, ...look }) });
    const job = { state: ended('run-0', 0, 9, 0), ready: false };
    const story = new Story().put([{}], spec({})).put([job], spec({}));
    story.put([job], { ...spec({ state: ended('init-0', 0, 10, 137) }), status: {} });
    const own = story.said.filter(({ name }) => name.endsWith('/prepare')).map(({ event }) => event);
    expect(own).toEqual(['created', 'started', 'stopped']);
  });

  it('that somebody added to look inside go when they end', () => {
    const look = (state: ContainerLook['state']): PodLook => ({ ephemeralContainers: [{ name: 'debug', id: 'eph', state: state! }] }); // prettier-ignore
    const story = new Story().put([{}], look(running(3)));
    story.put([{}], look(ended('eph', 3, 60, 137)));
    const own = story.said.filter(({ name }) => name.endsWith('/debug')).map(({ event }) => event);
    expect(own).toEqual(['created', 'started', 'died', 'removed']);
  });
});

describe('health', () => {
  it('is not known without a readiness probe', () => {
    const story = new Story().put([{ ready: false, spec: { livenessProbe: { exec: { command: ['true'] } } } }]);
    expect(story.said.at(-1)!.health).toBeNull();
  });

  it('is healthy when ready, unhealthy when no longer, and healthy again', () => {
    const story = new Story().put([{ ready: false, spec: READY }]);
    for (const ready of [true, false, false, true]) {
      story.second += 1;
      story.put([{ ready, spec: READY }]);
    }
    expect(story.names).toEqual(['created', 'started', 'healthy', 'unhealthy', 'healthy']);
  });

  it('is starting for as long as the probe may take to fail, then unhealthy by time alone', () => {
    const story = new Story().put([{ ready: false, spec: READY }], { version: 'v1.15.12' });
    story.second = 14;
    story.store.refresh();
    expect(story.said.at(-1)!.health).toBe('starting');
    story.second = 15;
    story.store.refresh();
    expect(story.said.at(-1)).toMatchObject({ event: 'unhealthy', t: T0 + 15_000 });
  });

  it('is starting for as long as the startup probe has not passed', () => {
    const story = new Story().put([{ ready: false, started: false, spec: READY }]);
    story.second = 1000;
    story.store.refresh();
    expect(story.said.at(-1)!.health).toBe('starting');
  });

  it('is not judged while the pod goes away', () => {
    const story = new Story().put([{ spec: READY }]);
    story.put([{ ready: false, spec: READY }], { metadata: { deletionTimestamp: at(30) } });
    expect(story.names).toEqual(['created', 'started', 'healthy']);
  });
});

it('a container keeps its id when the collector starts anew', () => {
  const first = new Story().put([{}]);
  const second = new Story();
  second.identities.restore(first.said);
  second.put([{ id: 'run-1', state: running(50), restartCount: 1 }]);
  expect(second.said[0]!.id).toBe(fullId('run-0').slice(0, 12));
});

it('what is no pod, or only in part one, ends nothing', () => {
  const story = new Story();
  const garbage = [null, 7, 'pod', [], {}, { metadata: {} }, { metadata: { name: 'a', namespace: 'b', uid: 'c' } }];
  for (const item of garbage) story.store.put(item);
  story.store.put({ ...aPod(), status: { containerStatuses: [null, { name: 5 }, {}] } });
  story.store.put({ ...aPod(), status: 'lost' });
  expect(story.events).toEqual([]);
});
