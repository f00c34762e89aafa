import { signIn } from '../../../e2e/sign-in.ts';
import type { Stage } from './stage.ts';

const PEOPLE = ['ana', 'bruno', 'chiara', 'dmitri', 'elif', 'farid', 'greta', 'hiro', 'ines', 'jonas'];
const APPS = { shop: 31, wiki: 12, 'back-office': 5 };
const PAGES = ['/cart', '/orders', '/help', '/search'];

/** What a Deckwatch in use has besides containers: people, rules, a channel with deliveries, a silence. */
export async function furnish(stage: Stage): Promise<void> {
  const context = await stage.browser.newContext();
  const headers = { authorization: `Bearer ${await signIn(context, stage.url)}` };
  const post = async (path: string, data: unknown): Promise<{ id?: string }> => {
    const answer = await context.request.post(`${stage.url}/api/v1${path}`, { headers, data });
    if (!answer.ok()) throw new Error(`${path} was answered ${answer.status()}: ${await answer.text()}`);
    return (await answer.json()) as { id?: string };
  };
  const hour = 3_600_000;
  const url = 'http://127.0.0.1:9/hook';
  const channel = await post('/channels', { name: 'On call', type: 'webhook', url, allowPrivate: true });
  await post('/alert-rules', {
    id: 'too-busy',
    name: 'Container is too busy',
    severity: 'critical',
    target: 'container',
    select: { name: '*' },
    condition: { metric: 'cpu', op: '>', value: 90, clear: 80 },
    forMs: 5000,
    channels: [channel.id],
  });
  const matchers = { name: 'shop-*' };
  await post('/silences', { matchers, endsAt: Date.now() + 2 * hour, comment: 'the shop moves tonight' });
  for (const [app, count] of Object.entries(APPS)) {
    const sessions = Array.from({ length: count }, (_, at) => ({
      app,
      id: `${app}-${at}`,
      user: at % 9 === 8 ? null : PEOPLE[(at * 7) % PEOPLE.length],
      op: 'start',
      ttlMs: hour,
      attrs: { ip: `10.0.${at % 4}.${at + 3}`, page: PAGES[at % PAGES.length] },
    }));
    await post('/ingest/sessions', sessions);
  }
  await context.close();
}
