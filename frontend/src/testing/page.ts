import type { Type } from '@angular/core';
import { TestBed, type ComponentFixture } from '@angular/core/testing';
import { provideRouter } from '@angular/router';
import { BROWSER } from '../app/core/browser.ts';
import { Connection } from '../app/core/connection.ts';
import { giveSnapshot, settle } from './console.ts';
import { FakeBrowser } from './fake-browser.ts';

/** A component on a live console, and what a user does with it. */
export class TestPage<T> {
  private constructor(
    readonly browser: FakeBrowser,
    readonly fixture: ComponentFixture<T>,
  ) {}

  /**
   * @param answers what HTTP answers, by path
   * @param greeting more of what the gateway greets with
   */
  static async open<T>(
    component: Type<T>,
    answers: Record<string, unknown> = {},
    greeting: object = {},
  ): Promise<TestPage<T>> {
    jest.useFakeTimers();
    const browser = new FakeBrowser();
    browser.answers = answers;
    TestBed.configureTestingModule({ providers: [{ provide: BROWSER, useValue: browser }, provideRouter([])] });
    TestBed.inject(Connection).start();
    browser.socket.welcome(greeting);
    const page = new TestPage(browser, TestBed.createComponent(component));
    await page.settle();
    return page;
  }

  async settle(ms = 0): Promise<void> {
    await settle(ms);
    this.browser.paint();
    await settle();
  }

  /** Gives each named topic its snapshot. */
  async receive(topics: Record<string, object>): Promise<void> {
    for (const [topic, data] of Object.entries(topics)) giveSnapshot(this.browser, topic, data, 1);
    await this.settle();
  }

  get element(): HTMLElement {
    return this.fixture.nativeElement as HTMLElement;
  }
  get text(): string {
    return textOf(this.element);
  }
  find<E extends HTMLElement = HTMLElement>(selector: string): E {
    const found = this.element.querySelector<E>(selector);
    if (!found) throw new Error(`nothing matches ${selector} in: ${this.text}`);
    return found;
  }
  all(selector: string): string[] {
    return [...this.element.querySelectorAll<HTMLElement>(selector)].map(textOf);
  }
  async click(what: string): Promise<void> {
    const buttons = [...this.element.querySelectorAll<HTMLElement>('button')];
    const button = buttons.find((b) => textOf(b).includes(what) || b.getAttribute('aria-label')?.includes(what));
    if (!button) throw new Error(`no button says ${what}`);
    button.click();
    await this.settle();
  }
  async type(selector: string, value: string): Promise<void> {
    const input = this.find<HTMLInputElement>(selector);
    input.value = value;
    input.dispatchEvent(new Event(input.tagName === 'SELECT' ? 'change' : 'input'));
    await this.settle();
  }
}

/** As read aloud: the texts one after the other, and what pictures are called. */
function textOf(element: HTMLElement): string {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  const words: string[] = [];
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const said = node instanceof Element ? (node.role === 'img' ? node.ariaLabel : '') : node.nodeValue;
    words.push(...(said ?? '').split(/\s+/).filter(Boolean));
  }
  return words.join(' ');
}
