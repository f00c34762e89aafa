import type { Bus } from '@deckwatch/bus';
import { aSessionCount } from '@deckwatch/testing';
import { Scene } from '../../test/scene.ts';
import { SessionFeed } from './session-feed.ts';

describe('the feed of sessions', () => {
  it('asks once a second, also when it is started again while an answer is awaited', async () => {
    const scene = new Scene({ target: 'sessions', condition: { metric: 'active', op: '>', value: 1 } });
    let asked = 0;
    const answers: (() => void)[] = [];
    const call = () => {
      asked += 1;
      return new Promise((resolve) => answers.push(() => resolve(aSessionCount({ t: scene.clock.now() }))));
    };
    const answer = async (): Promise<void> => {
      answers.splice(0).forEach((one) => one());
      await scene.clock.advance(1000);
    };
    const feed = new SessionFeed({ call } as unknown as Bus, scene.evaluator.thresholds, scene.clock, () => true);
    feed.start();
    await scene.clock.advance(1);
    feed.stop();
    feed.start();
    await scene.clock.advance(1);
    expect(asked).toBe(2);
    for (let second = 0; second < 5; second += 1) await answer();
    expect(asked).toBe(7);
    feed.stop();
    await answer();
    expect(asked).toBe(7);
    expect(scene.clock.pending).toBe(0);
  });
});
