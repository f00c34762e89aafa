import { Subject } from 'rxjs';
import { RestFault } from '../rest.ts';
import { TrailQueue, type PastTrails } from './trail-queue.ts';

const keysOf = (from: number, count: number) => Array.from({ length: count }, (_, index) => `atlas.${from + index}`);

describe('TrailQueue', () => {
  let questions: { keys: string[]; answers: Subject<unknown> }[];
  let taken: PastTrails[];
  let queue: TrailQueue;
  beforeEach(() => {
    jest.useFakeTimers();
    [questions, taken] = [[], []];
    queue = new TrailQueue(
      (path) => {
        const keys = new URLSearchParams(path.split('?')[1]).get('keys')!.split(',');
        const answers = new Subject<unknown>();
        questions.push({ keys, answers });
        return answers;
      },
      (past) => taken.push(past),
    );
  });
  afterEach(() => {
    queue.close();
    jest.useRealTimers();
  });
  function answer(at: number, series: object): void {
    questions[at]!.answers.next({ metric: 'cpu', from: 1000, resolutionMs: 1000, series });
    questions[at]!.answers.complete();
  }

  it('asks for each row once, and takes what is known of it', () => {
    queue.show(['atlas.a', 'atlas.b']);
    queue.show(['atlas.b', 'atlas.a', 'atlas.c']);
    expect(questions.map(({ keys }) => keys)).toEqual([['atlas.a', 'atlas.b'], ['atlas.c']]);
    answer(0, { 'atlas.a': [1, null, 'x'], 'atlas.b': 'junk', 'atlas.z': [1] });
    expect(taken).toEqual([{ from: 1000, stepMs: 1000, series: new Map([['atlas.a', [1, null, null]]]) }]);
  });

  it('asks for a key as it is, whatever an address made of it', () => {
    queue.show(['atlas.a&points=9', 'atlas.b']);
    expect(questions[0]!.keys).toEqual(['atlas.a&points=9', 'atlas.b']);
  });

  it('asks for 200 rows at most in one question, and two questions at once', () => {
    queue.show(keysOf(0, 650));
    expect(questions.map(({ keys }) => keys.length)).toEqual([200, 200]);
    answer(0, {});
    answer(1, {});
    expect(questions.map(({ keys }) => keys.length)).toEqual([200, 200, 200, 50]);
  });

  it('cancels a question when all of its rows have left, and asks again when one is back', () => {
    queue.show(['atlas.a', 'atlas.b']);
    queue.show(['atlas.b']);
    expect(questions[0]!.answers.observed).toBe(true);
    queue.show([]);
    expect(questions[0]!.answers.observed).toBe(false);
    queue.show(['atlas.a']);
    expect(questions[1]!.keys).toEqual(['atlas.a']);
  });

  it('does not ask for rows that left before their turn', () => {
    queue.show(keysOf(0, 500));
    queue.show(keysOf(0, 400));
    answer(0, {});
    answer(1, {});
    expect(questions).toHaveLength(2);
  });

  it('asks for all again after a time without listening', () => {
    queue.show(['atlas.a']);
    answer(0, {});
    queue.reset();
    expect(questions[1]!.keys).toEqual(['atlas.a']);
  });

  it('tries again a few times when something failed, never after a refusal', () => {
    queue.show(['atlas.a']);
    for (const at of [0, 1, 2, 3]) {
      questions[at]!.answers.error(new RestFault(503, 'history is away'));
      jest.advanceTimersByTime(8000);
    }
    expect(questions).toHaveLength(4);
    queue.show(['atlas.b']);
    questions[4]!.answers.error(new RestFault(404, 'no such place'));
    jest.advanceTimersByTime(60_000);
    expect(questions).toHaveLength(5);
  });
});
