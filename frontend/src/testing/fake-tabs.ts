import { Subject } from 'rxjs';
import type { TabMessage, Tabs } from '../app/core/tabs.ts';

/** The other tabs of the browser, in the test's hand. */
export class FakeTabs implements Tabs {
  readonly messages$ = new Subject<unknown>();
  readonly told: TabMessage[] = [];
  private held: Promise<void> = Promise.resolve();

  async alone<T>(work: () => Promise<T>): Promise<T> {
    await this.held;
    return work();
  }
  tell(message: TabMessage): void {
    this.told.push(message);
  }
  /** Another tab does what only one may do, until the answer is called. */
  hold(): () => void {
    let letGo: () => void = () => undefined;
    this.held = new Promise((resolve) => (letGo = resolve));
    return letGo;
  }
}
