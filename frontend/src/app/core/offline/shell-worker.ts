import { DOCUMENT, inject, Service, signal } from '@angular/core';

const SCRIPT = 'worker.js';
const CHECK_MS = 3_600_000;

/** As browsers that know Trusted Types have it; TypeScript's own types of the browser do not all. */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): { createScriptURL(url: string): unknown };
}

/**
 * The service worker that keeps the console's own files, so that it opens without a network. A new version waits until
 * somebody reloads: no page that is being read changes under the reader.
 */
@Service()
export class ShellWorker {
  private readonly window = inject(DOCUMENT).defaultView;
  private readonly waiting = signal<ServiceWorker | null>(null);
  /** Whether a new version of the console is there, to be had by a reload. */
  readonly isNew = signal(false);

  /** Registers the worker when the page has been drawn; without one (an old browser, a development server) nothing is lost. */
  start(): void {
    const workers = this.window?.navigator.serviceWorker;
    if (!workers || !this.window?.isSecureContext) return;
    const register = () => setTimeout(() => void this.register(workers), 2000);
    if (this.window.document.readyState === 'complete') register();
    else this.window.addEventListener('load', register, { once: true });
  }

  /** Takes the new version, and the page with it. */
  reload(): void {
    this.waiting()?.postMessage('take over');
    const location = this.window?.location;
    setTimeout(() => location?.reload(), 200);
  }

  private async register(workers: ServiceWorkerContainer): Promise<void> {
    try {
      if (await this.isWithdrawn()) return await this.withdraw(workers);
      const registration = await workers.register(trustedScript(), { updateViaCache: 'none' });
      this.watch(registration);
      setInterval(() => void registration.update().catch(() => undefined), CHECK_MS);
    } catch {
      // Not allowed here, or no network: the console works without.
    }
  }

  /** A gateway without the script wants no worker any more: the way out, should one ever do harm. */
  private async isWithdrawn(): Promise<boolean> {
    const answer = await fetch(SCRIPT, { method: 'HEAD', cache: 'no-store' });
    return answer.status === 404 || answer.status === 410;
  }

  private async withdraw(workers: ServiceWorkerContainer): Promise<void> {
    for (const registration of await workers.getRegistrations()) await registration.unregister();
    for (const name of await caches.keys()) await caches.delete(name);
  }

  private watch(registration: ServiceWorkerRegistration): void {
    const look = (worker: ServiceWorker | null): void => {
      // The first version that is ever installed is no new one.
      if (worker?.state !== 'installed' || !registration.active) return;
      this.waiting.set(worker);
      this.isNew.set(true);
    };
    look(registration.waiting);
    registration.addEventListener('updatefound', () => {
      const { installing } = registration;
      installing?.addEventListener('statechange', () => look(installing));
    });
  }
}

/** The gateway's policy lets no text be a script's address but this one. */
function trustedScript(): string {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  const policy = trustedTypes?.createPolicy('deckwatch', { createScriptURL: () => SCRIPT });
  return (policy?.createScriptURL(SCRIPT) ?? SCRIPT) as string;
}
