import { anAlert } from '../../../../testing/builders.ts';
import { inPlace } from './steady.ts';

describe('alerts that keep their places', () => {
  const list = (...ids: string[]) => ids.map((id) => anAlert({ id }));
  const shown = (alerts: ReturnType<typeof inPlace>) => alerts.map(({ id, state }) => `${id} ${state}`);

  it('are told anew where they stand, those that ended as resolved, and new ones after them', () => {
    const now = [anAlert({ id: 'new' }), anAlert({ id: 'b', state: 'nodata' })];
    expect(shown(inPlace(list('a', 'b'), now))).toEqual(['a resolved', 'b nodata', 'new firing']);
  });

  it('are not kept for ever after their end', () => {
    const many = list(...Array.from({ length: 80 }, (_, n) => `a${n}`));
    const kept = inPlace(many, []);
    expect([kept.length, kept[0]!.id]).toEqual([50, 'a30']);
  });
});
