import fc from 'fast-check';
import { Fleet, nextVersion, type FleetEvent } from './fleet.ts';
import { USUAL_COUNT } from './plan.ts';

const START = Date.UTC(2026, 10, 22, 14, 0, 0);
const fleetOf = (over: Partial<ConstructorParameters<typeof Fleet>[0]> = {}): Fleet =>
  new Fleet({ seed: 7, containers: USUAL_COUNT, startedAt: START, ...over });

/** Lives for some seconds, a second at a time; returns all that was announced. */
function live(fleet: Fleet, seconds: number, everySecond: (t: number) => void = () => undefined): FleetEvent[] {
  const events: FleetEvent[] = [];
  for (let second = 1; second <= seconds; second += 1) {
    const t = START + second * 1000;
    events.push(...fleet.advance(t));
    everySecond(t);
  }
  return events;
}

const actionsOf = (events: FleetEvent[], name: string): string[] =>
  events.filter((event) => event.name === name).map(({ action }) => action);
const hostCpu = (fleet: Fleet): number => fleet.containers.reduce((sum, { cpu }) => sum + cpu, 0) / fleet.cpus;

describe('Fleet', () => {
  it('gives the same life for the same seed, and another for another', () => {
    const shape = (seed: number): string => JSON.stringify(live(fleetOf({ seed }), 120));
    expect(shape(7)).toBe(shape(7));
    expect(shape(8)).not.toBe(shape(7));
  });

  it('has as many containers as asked for, with names and ids of their own', () => {
    for (const containers of [1, 5, USUAL_COUNT, 100, 1000]) {
      const fleet = fleetOf({ containers });
      expect(fleet.containers).toHaveLength(containers);
      expect(new Set(fleet.containers.map(({ id }) => id.slice(0, 12))).size).toBe(containers);
      expect(new Set(fleet.containers.map(({ plan }) => plan.name)).size).toBe(containers);
    }
  });

  it('never counts backwards within a run, and never uses more memory than its limit', () => {
    const parameters = fc.record({
      seed: fc.nat(),
      steps: fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 40, maxLength: 120 }),
    });
    const property = fc.property(parameters, ({ seed, steps }) => {
      const fleet = fleetOf({ seed });
      const faults: string[] = [];
      let t = START;
      for (const ms of steps) {
        const before = fleet.containers.map(({ id, startedAt, counters }) => ({
          run: `${id} ${startedAt}`,
          counters: { ...counters },
        }));
        fleet.advance((t += ms));
        fleet.containers.forEach((container, index) => {
          if (container.mem + container.pageCache > container.memLimit)
            faults.push(`${container.plan.name} beyond its limit`);
          const last = before[index]!;
          if (last.run !== `${container.id} ${container.startedAt}`) return;
          for (const [name, count] of Object.entries(container.counters)) {
            const grown = count - last.counters[name as keyof typeof last.counters];
            if (!Number.isSafeInteger(count) || grown < 0)
              faults.push(`${container.plan.name} ${name} grew by ${grown}`);
          }
        });
      }
      expect(faults).toEqual([]);
    });
    fc.assert(property, { seed: 1, numRuns: 25 });
  });

  it('announces events in an order that an engine could have', () => {
    const running = new Map(fleetOf().containers.map(({ id, state }) => [id, state === 'running']));
    for (const { id, action } of live(fleetOf(), 3600)) {
      if (action === 'create') running.set(id, false);
      else if (action === 'start') {
        expect(running.get(id)).toBe(false);
        running.set(id, true);
      } else if (action === 'die' || action === 'oom' || action === 'kill' || action.startsWith('health_status')) {
        expect(running.get(id)).toBe(true);
        if (action === 'die') running.set(id, false);
      } else if (action === 'destroy') {
        expect(running.get(id)).toBe(false);
        running.delete(id);
      }
    }
  });

  it('shows a failing health check and its recovery within 45 seconds', () => {
    const actions = actionsOf(live(fleetOf(), 45), 'shop-recommender-1');
    expect(actions).toEqual(['health_status: unhealthy', 'health_status: healthy']);
  });

  it('lets a container end with exit code 1 and start again', () => {
    const events = live(fleetOf(), 60).filter(({ name }) => name === 'wiki-jobrunner-1');
    expect(events.map(({ action, attributes }) => [action, attributes['exitCode']])).toEqual([
      ['die', '1'],
      ['start', undefined],
    ]);
  });

  it('lets a batch job run to its end', () => {
    const events = live(fleetOf(), 60).filter(({ name }) => name === 'pipeline-export-1');
    expect(events.map(({ action, attributes }) => [action, attributes['exitCode']])).toEqual([
      ['start', undefined],
      ['die', '0'],
    ]);
  });

  it('kills the leaky worker when its memory is full, and starts it again', () => {
    const events = live(fleetOf(), 120).filter(({ name }) => name === 'pipeline-worker-1');
    expect(events.map(({ action, attributes }) => attributes['exitCode'] ?? action)).toEqual(['oom', '137', 'start']);
  });

  it('replaces a container by its next version', () => {
    const fleet = fleetOf();
    const before = fleet.find('shop-web-1')!.id;
    const actions = actionsOf(live(fleet, 80), 'shop-web-1');
    expect(actions).toEqual(['kill', 'die', 'stop', 'destroy', 'create', 'start', 'health_status: healthy']);
    expect(fleet.find('shop-web-1')!.id).not.toBe(before);
    expect(fleet.find('shop-web-1')!.image).toBe('shop/web:2.15');
    expect(fleet.find(before)).toBeUndefined();
  });

  it.each([USUAL_COUNT, 300])(
    'is over 80 percent busy for more than 20 seconds soon after the start, and calm before and after (%i)',
    (containers) => {
      const fleet = fleetOf({ containers });
      const busy: number[] = [];
      live(fleet, 90, (t) => {
        expect(hostCpu(fleet)).toBeLessThanOrEqual(100);
        if (hostCpu(fleet) > 80) busy.push((t - START) / 1000);
      });
      expect(busy.length).toBeGreaterThan(20);
      expect(busy[0]).toBeGreaterThanOrEqual(30);
      expect(busy.at(-1)).toBeLessThanOrEqual(65);
      expect(busy).toEqual(Array.from({ length: busy.length }, (_, index) => busy[0]! + index));
    },
  );

  it('leaves the memory of its host free enough at all times', () => {
    const fleet = fleetOf();
    live(fleet, 900, () => {
      expect(fleet.containers.reduce((sum, { mem }) => sum + mem, 0) / fleet.memory).toBeLessThan(0.8);
    });
  });

  it('takes up from the present after the machine has slept', () => {
    const fleet = fleetOf();
    fleet.advance(START + 1000);
    const events = fleet.advance(START + 8 * 3_600_000);
    expect(events.length).toBeLessThan(20);
    expect(events.every(({ t }) => t > START + 8 * 3_600_000 - 61_000)).toBe(true);
  });
});

describe('nextVersion', () => {
  it.each([
    ['shop/web:2.14', 'shop/web:2.15'],
    ['shop/web:9', 'shop/web:10'],
    ['shop/web:latest', 'shop/web:latest'],
  ])('after %s comes %s', (image, next) => expect(nextVersion(image)).toBe(next));
});
