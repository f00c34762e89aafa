import { Scene } from '../../test/scene.ts';
import { defaultRules } from './default-rules.ts';

describe('the built-in rules', () => {
  const oom = { event: 'oom', state: 'running', oomKilled: true } as const;
  const died = { event: 'died', state: 'exited', exitCode: 137, oomKilled: true } as const;

  it.each([
    ['first of the memory', [oom, died]],
    ['first of the end', [died, oom]],
  ])('tell once of a container that ran out of memory and died of it, whatever is heard first: %s', (_name, events) => {
    const scene = new Scene(...defaultRules());
    for (const event of events) scene.container(event);
    expect(scene.said.map(({ rule, state, reason }) => [rule.id, state, reason])).toEqual([
      ['container-died', 'firing', 'exit code 137, out of memory'],
    ]);
  });
});
