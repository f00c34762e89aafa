import { gzipSync } from 'node:zlib';
import type { CDPSession, Page } from '@playwright/test';
import { percentile, report, round } from '../report.ts';
import { onStage, type Stage } from './stage.ts';

export interface LoadingBench {
  containers: number;
  rounds: number;
}

interface Load {
  /** From the start of the navigation until the first figure was painted. */
  usableMs: number;
  /** As they came over the wire until then, and what the scripts weigh in gzip. */
  scriptBytes: number;
  scriptGzip: number;
  dataBytes: number;
  requests: number;
}

const USABLE_WITHIN_MS = 30_000;

/** In the page: calls the binding when a figure of the table stands on the screen. */
function tellWhenUsable(): void {
  const look = (): void => {
    const figure = document.querySelector('tbody .cpu .figure');
    if (!/\d/.test(figure?.textContent ?? '')) return void requestAnimationFrame(look);
    // The frame after the next one begins when this one was painted.
    requestAnimationFrame(() =>
      (globalThis as unknown as { usable(text: string): void }).usable(String(performance.now())),
    );
  };
  requestAnimationFrame(look);
}

class Wire {
  private readonly kinds = new Map<string, string>();
  private readonly scripts: string[] = [];
  bytes = { Script: 0, data: 0 };
  requests = 0;

  constructor(private readonly cdp: CDPSession) {
    cdp.on('Network.responseReceived', ({ requestId, type }) => {
      this.kinds.set(requestId, type);
      this.requests += 1;
      if (type === 'Script') this.scripts.push(requestId);
    });
    cdp.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      const kind = this.kinds.get(requestId);
      if (kind === 'Script') this.bytes.Script += encodedDataLength;
      if (kind === 'Fetch' || kind === 'XHR') this.bytes.data += encodedDataLength;
    });
    cdp.on('Network.webSocketFrameReceived', ({ response }) => {
      this.bytes.data += Buffer.byteLength(response.payloadData);
    });
  }

  async gzipOfScripts(): Promise<number> {
    const sizes = this.scripts.map(async (requestId) => {
      const { body } = await this.cdp.send('Network.getResponseBody', { requestId });
      return gzipSync(body).length;
    });
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  }
}

async function loadOnce(stage: Stage, page: Page): Promise<Load> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Network.enable');
  await cdp.send('Runtime.enable');
  await cdp.send('Runtime.addBinding', { name: 'usable' });
  const wire = new Wire(cdp);
  const usable = new Promise<Omit<Load, 'scriptGzip'>>((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error('no figure was painted')), USABLE_WITHIN_MS);
    cdp.on('Runtime.bindingCalled', ({ payload }) => {
      clearTimeout(limit);
      const { requests } = wire;
      resolve({ usableMs: Number(payload), scriptBytes: wire.bytes.Script, dataBytes: wire.bytes.data, requests });
    });
  });
  await page.addInitScript(tellWhenUsable);
  await page.goto(`${stage.url}/containers`, { waitUntil: 'commit' });
  return { ...(await usable), scriptGzip: await wire.gzipOfScripts() };
}

/** What opening the console at a large fleet costs until one can read it, each time in a new browser profile. */
export async function benchLoading(options: LoadingBench): Promise<void> {
  await onStage({ containers: options.containers }, async (stage) => {
    const loads: Load[] = [];
    for (let round = 0; round < options.rounds; round += 1) {
      const page = await stage.page();
      loads.push(await loadOnce(stage, page));
      await page.context().close();
    }
    const median = (of: keyof Load) => percentile(loads.map((load) => load[of]), 0.5); // prettier-ignore
    report('loading', { ...options }, {
      'ms until the first figure is painted, median': round(median('usableMs'), 0),
      'the slowest': round(Math.max(...loads.map(({ usableMs }) => usableMs)), 0),
      'KiB of script, gzip': round(median('scriptGzip') / 1024, 1),
      'KiB of script as sent': round(median('scriptBytes') / 1024, 1),
      'KiB of data before the first figure': round(median('dataBytes') / 1024, 1),
      'requests before the first figure': median('requests'),
    }); // prettier-ignore
  });
}
