import { DestroyRef, inject, Service, signal } from '@angular/core';
import { Preferences } from '../core/preferences.ts';
import type { IconName } from './icon.ts';
import type { Tone } from './tone.ts';

export interface Toast {
  /** A toast of the same key replaces the one that is shown: a burst is one toast. */
  key: string;
  tone: Tone;
  icon: IconName;
  title: string;
  body: string;
  ttlMs: number;
  /** What a click on it does besides dismissing it; missing: it can't be opened. */
  open?(): void;
}

export const MOST_VISIBLE = 3;
/** A toast that is renewed again and again stays for so many of its times at most. */
const LONGEST_LIVES = 3;

interface Running {
  timer: ReturnType<typeof setTimeout> | undefined;
  leftMs: number;
  resumedAt: number;
  endsBy: number;
}

/** The few notices on screen, each with its time, which stands still while someone reads. */
@Service()
export class ToastQueue {
  private readonly shown = signal<readonly Toast[]>([]);
  private readonly times = new Map<string, Running>();
  private paused = false;
  /** Whether the user wants notices at all. */
  readonly wanted = inject(Preferences).signal('notices', true);
  /** Oldest first. */
  readonly visible = this.shown.asReadonly();

  constructor() {
    inject(DestroyRef).onDestroy(() => this.times.forEach(({ timer }) => clearTimeout(timer)));
  }

  isVisible(key: string): boolean {
    return this.times.has(key);
  }

  show(toast: Toast): void {
    if (!this.wanted()) return;
    const now = Date.now();
    const before = this.times.get(toast.key);
    clearTimeout(before?.timer);
    const endsBy = before?.endsBy ?? now + LONGEST_LIVES * toast.ttlMs;
    const leftMs = Math.min(toast.ttlMs, Math.max(0, endsBy - now));
    this.times.set(toast.key, { timer: undefined, leftMs, resumedAt: now, endsBy });
    this.shown.update((toasts) =>
      before ? toasts.map((shown) => (shown.key === toast.key ? toast : shown)) : [...toasts, toast],
    );
    this.makeRoom();
    if (!this.paused) this.run(toast.key);
  }

  dismiss(key: string): void {
    clearTimeout(this.times.get(key)?.timer);
    this.times.delete(key);
    this.shown.update((toasts) => toasts.filter((toast) => toast.key !== key));
    if (this.times.size === 0) this.paused = false;
  }

  dismissNewest(): void {
    const newest = this.shown().at(-1);
    if (newest) this.dismiss(newest.key);
  }

  pause(): void {
    if (this.paused) return;
    this.paused = true;
    for (const running of this.times.values()) {
      clearTimeout(running.timer);
      running.leftMs -= Date.now() - running.resumedAt;
    }
  }

  resume(): void {
    if (!this.paused) return;
    this.paused = false;
    for (const key of this.times.keys()) this.run(key);
  }

  private run(key: string): void {
    const running = this.times.get(key);
    if (!running) return;
    running.resumedAt = Date.now();
    running.timer = setTimeout(() => this.dismiss(key), Math.max(0, running.leftMs));
  }

  /** The oldest of the mildest goes first. */
  private makeRoom(): void {
    while (this.shown().length > MOST_VISIBLE) {
      const older = this.shown().slice(0, -1);
      const victim = older.find((toast) => toast.tone !== 'bad') ?? older[0];
      if (!victim) return;
      this.dismiss(victim.key);
    }
  }
}
