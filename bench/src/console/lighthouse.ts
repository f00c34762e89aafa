import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import type { Flags, RunnerResult } from 'lighthouse';
import { report, round, type Figures } from '../report.ts';
import { onStage, type Stage } from './stage.ts';

export interface LighthouseBench {
  containers: number;
  form: 'desktop' | 'mobile';
  path: string;
}

/** What a page must reach, in hundredths. */
const LIMITS: Record<string, number> = { performance: 95, accessibility: 100, 'best-practices': 100 };
const METRICS = ['first-contentful-paint', 'largest-contentful-paint', 'total-blocking-time', 'cumulative-layout-shift', 'speed-index', 'interactive']; // prettier-ignore

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

type Result = RunnerResult['lhr'];

function scores(lhr: Result): Record<string, number> {
  return Object.fromEntries(Object.keys(LIMITS).map((id) => [id, Math.round((lhr.categories[id]?.score ?? 0) * 100)]));
}

function transferred(lhr: Result): Figures {
  const details = lhr.audits['network-requests']?.details as { items?: Record<string, unknown>[] } | undefined;
  const items = details?.items ?? [];
  const sum = (type?: string) =>
    items
      .filter((item) => type === undefined || item['resourceType'] === type)
      .reduce((total, item) => total + Number(item['transferSize'] ?? 0), 0);
  return { 'KiB transferred': round(sum() / 1024, 1), 'of it script': round(sum('Script') / 1024, 1), 'of it data': round((sum('Fetch') + sum('XHR')) / 1024, 1), requests: items.length }; // prettier-ignore
}

/** What keeps a category from full marks, a line each. */
function faults(lhr: Result): string[] {
  return Object.keys(LIMITS).flatMap((id) =>
    (lhr.categories[id]?.auditRefs ?? [])
      .filter(({ weight }) => weight > 0)
      .map(({ id: audit }) => lhr.audits[audit]!)
      .filter(({ score }) => score !== null && score < 0.9)
      .map((audit) => `${id}: ${audit.id}: ${audit.title} ${audit.displayValue ?? ''} ${evidence(audit)}`.trimEnd()),
  );
}

/** The first things that an audit found, as it tells them. */
function evidence({ details }: Result['audits'][string]): string {
  const items = (details as { items?: object[] } | undefined)?.items ?? [];
  return items
    .slice(0, 3)
    .map((item) => JSON.stringify(item).slice(0, 400))
    .join(' ');
}

async function audit(stage: Stage, { form, path }: LighthouseBench): Promise<Result> {
  const { default: lighthouse, desktopConfig } = await import('lighthouse'); // takes a second to load
  const flags: Flags = {
    port: stage.debugPort,
    logLevel: 'error',
    onlyCategories: Object.keys(LIMITS),
    output: 'html',
  };
  await stage.signInEverywhere();
  const done = await lighthouse(`${stage.url}${path}`, flags, form === 'desktop' ? desktopConfig : undefined);
  if (!done) throw new Error('lighthouse gave no result');
  mkdirSync('bench/results', { recursive: true });
  writeFileSync(`bench/results/lighthouse-${form}.html`, String(done.report));
  if (done.lhr.runtimeError) throw new Error(`lighthouse: ${done.lhr.runtimeError.message}`);
  return done.lhr;
}

/** Lighthouse's scores of a page with live rows. Fails where one is under its limit. */
export async function benchLighthouse(options: LighthouseBench): Promise<void> {
  let under: string[] = [];
  await onStage({ containers: options.containers }, async (stage) => {
    const lhr = await audit(stage, options);
    const reached = scores(lhr);
    const metrics = METRICS.map((id) => [id, round(lhr.audits[id]?.numericValue ?? Number.NaN, 3)]);
    report('lighthouse', { ...options }, { ...reached, ...Object.fromEntries(metrics), ...transferred(lhr) });
    for (const fault of faults(lhr)) console.log(`  ! ${fault}`);
    under = Object.entries(LIMITS).flatMap(([id, limit]) => (reached[id]! < limit ? [`${id} is under ${limit}`] : []));
  }, await freePort()); // prettier-ignore
  if (under.length > 0) throw new Error(under.join(', '));
}
