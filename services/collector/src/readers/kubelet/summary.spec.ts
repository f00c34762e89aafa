import fc from 'fast-check';
import { aSummary, at, POD_UID, T0 } from '../../../test/pods.ts';
import { readSummary } from './summary.ts';

const pod = (over: object): unknown => ({
  node: {},
  pods: [{ podRef: { uid: 'u' }, containers: [{ name: 'app', ...over }] }],
});
const cpu = { time: at(1), usageCoreNanoSeconds: 5 };

it('has all containers by pod and name, with the nanoseconds of the time', () => {
  const answer = aSummary([{ second: 3, cpu: 2, mem: 5, limit: 20, rx: 7, tx: 8 }]) as { pods: { containers: { cpu: { time: string } }[] }[] }; // prettier-ignore
  answer.pods[0]!.containers[0]!.cpu.time = '2026-03-01T12:00:03.123456789Z';
  const { containers, networks } = readSummary(answer)!;
  const { counters, countedSince } = containers.get(`${POD_UID}/app`)!;
  expect(countedSince).toBe(at(-1));
  expect(counters).toMatchObject({ cpuNs: 2e9, mem: 5, memLimit: 20 });
  expect(counters.at).toBeCloseTo(T0 + 3123.456, 2);
  expect(networks.get(POD_UID)).toMatchObject({ at: T0 + 3000, rx: 7, tx: 8 });
});

it.each([
  ['no time', { cpu: { usageCoreNanoSeconds: 5 } }],
  ['no counter, as just after its start', { cpu: { time: at(1), usageNanoCores: 5 } }],
  ['no CPU at all', { memory: { time: at(1), workingSetBytes: 5 } }],
  ['a negative counter', { cpu: { time: at(1), usageCoreNanoSeconds: -5 } }],
  ['a time of the year 1', { cpu: { time: '0001-01-01T00:00:00Z', usageCoreNanoSeconds: 5 } }],
])('a container with %s has no figures', (_, over) => {
  expect(readSummary(pod(over))!.containers.size).toBe(0);
});

it('a container without memory has CPU, one of a pod without network nothing of it', () => {
  const { containers, networks } = readSummary(pod({ cpu }))!;
  expect(containers.get('u/app')!.counters).toMatchObject({ cpuNs: 5, mem: NaN, memLimit: NaN });
  expect(networks.size).toBe(0);
});

it('a node without pods is one', () => {
  expect(readSummary({ node: {}, pods: null })!.containers.size).toBe(0);
  expect(readSummary({ node: {} })!.containers.size).toBe(0);
});

it.each([[null], [7], ['x'], [[]], [{}], [{ node: null }], [{ node: {}, pods: {} }]])('%j is no summary', (answer) => {
  expect(readSummary(answer)).toBeUndefined();
});

it('reads anything without a fault', () => {
  const part = fc.oneof(fc.jsonValue(), fc.constant(cpu));
  const container = fc.record({ name: part, cpu: part, memory: part, startTime: part });
  const one = fc.record({ podRef: part, containers: fc.oneof(fc.array(container), part), network: part });
  const answer = fc.oneof(fc.jsonValue(), fc.record({ node: part, pods: fc.oneof(fc.array(one), part) }));
  fc.assert(fc.property(answer, (value) => void readSummary(value)), { seed: 3, numRuns: 300 }); // prettier-ignore
});
