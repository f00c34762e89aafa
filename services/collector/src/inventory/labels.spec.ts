import fc from 'fast-check';
import { boundLabels, LABELS_LIMIT, membership } from './labels.ts';

describe('labels', () => {
  it('stay as they are while they are small', () => {
    expect(boundLabels({ a: 'b' })).toEqual({ labels: { a: 'b' }, dropped: [] });
  });

  it('lose the largest when they are too large', () => {
    const labels = { small: 'x', huge: 'y'.repeat(20_000), large: 'z'.repeat(9000) };
    expect(boundLabels(labels)).toEqual({ labels: { small: 'x', large: labels.large }, dropped: ['huge'] });
  });

  it('never take up more than the limit as JSON, whatever they hold', () => {
    const labels = fc.dictionary(
      fc.string({ unit: 'binary', maxLength: 400 }),
      fc.string({ unit: 'binary', maxLength: 9000 }),
      { maxKeys: 8 },
    );
    fc.assert(
      fc.property(labels, (all) => {
        expect(Buffer.byteLength(JSON.stringify(boundLabels(all).labels))).toBeLessThanOrEqual(LABELS_LIMIT);
      }),
      { seed: 10, numRuns: 300 },
    );
  });
});

describe('the project and service of a container', () => {
  it.each([
    ['compose', { 'com.docker.compose.project': 'shop', 'com.docker.compose.service': 'web' }, 'shop', 'web'],
    ['swarm', { 'com.docker.stack.namespace': 'shop', 'com.docker.swarm.service.name': 'shop_web' }, 'shop', 'web'],
    ['a swarm service without a stack', { 'com.docker.swarm.service.name': 'web' }, null, 'web'],
    ['nothing', { 'com.docker.compose.project': '' }, null, null],
  ])('are as %s says', (_, labels, project, service) => {
    expect(membership(labels as unknown as Record<string, string>)).toEqual({ project, service });
  });
});
