import { Trace, TRACE_SECONDS } from './trace.ts';

const START = 1_700_000_000_000;
const at = (second: number) => START + second * 1000;

describe('a trace', () => {
  let trace: Trace;
  const cpu = (last: number) => trace.aligned(['cpu'])[1]!.slice(-last);

  beforeEach(() => (trace = new Trace(['cpu', 'mem'])));

  it('holds a sample a second, and knows nothing of the seconds between two', () => {
    trace.put(at(0), [1, 10]);
    trace.put(at(3), [4, 40]);
    expect(trace.aligned(['mem', 'cpu']).map((column) => column.slice(-4))).toEqual([
      [0, 1, 2, 3].map((second) => at(second) / 1000),
      [10, null, null, 40],
      [1, null, null, 4],
    ]);
  });

  it('reaches back 15 minutes, whatever it has seen', () => {
    for (let second = 0; second < 3000; second += 1) trace.put(at(second), [second, 0]);
    const [times, figures] = trace.aligned(['cpu']);
    expect([times.length, figures!.length]).toEqual([TRACE_SECONDS, TRACE_SECONDS]);
    expect([figures![0], figures!.at(-1)]).toEqual([2100, 2999]);
  });

  it('takes from the history what it has not seen itself', () => {
    trace.put(at(10), [100, null]);
    const points = [7, 8, 9, 10].map((second) => [at(second), 0, second, 99]);
    trace.fill('cpu', points);
    expect(cpu(5)).toEqual([null, 7, 8, 9, 100]);
  });

  it('takes the history first as well', () => {
    trace.fill('cpu', [[at(9), 0, 5, 9]]);
    trace.put(at(11), [6, null]);
    expect(cpu(3)).toEqual([5, null, 6]);
  });

  it('takes a sample that comes late', () => {
    trace.put(at(10), [10, null]);
    trace.put(at(9), [9, null]);
    expect(cpu(2)).toEqual([9, 10]);
  });

  it('leaves out what is older than 15 minutes', () => {
    trace.put(at(1000), [1, null]);
    trace.fill('cpu', [[at(100), 0, 5, 9]]);
    trace.put(at(50), [7, null]);
    expect(cpu(TRACE_SECONDS).filter((figure) => figure !== null)).toEqual([1]);
  });

  it('forgets all of it after a pause of more than 15 minutes', () => {
    trace.put(at(0), [1, null]);
    trace.put(at(5000), [2, null]);
    expect(cpu(TRACE_SECONDS).filter((figure) => figure !== null)).toEqual([2]);
  });
});
