import type { AlertMessage } from '@deckwatch/contracts';

/** What comes within so long of the one before belongs to the same notice. */
const BURST_MS = 5000;
/** One notice is changed, and the sound made, so often at most. */
const PACE_MS = 1000;
const SOUND_PACE_MS = 5000;
const WATCHED = 'deckwatch.watched';
const RINGER = 'deckwatch.alarms';
/** Two tones that fall: their pitch in Hz, and when they begin, in s. */
const TONES = [
  { pitch: 880, at: 0 },
  { pitch: 660, at: 0.18 },
] as const;
const TONE_S = 0.16;
const LOUDNESS = 0.15;

/**
 * Rings for a browser: of its tabs one alone does, and none while one of them is looked at. Both is known by locks, which
 * browsers end with the tab that holds them; where there are none each tab rings for itself.
 */
export class AlarmBell {
  private audio: AudioContext | null = null;
  private isRinger = !lockManager();
  private burst: AlertMessage[] = [];
  private lastAt = 0;
  private shownAt = 0;
  private soundedAt = 0;
  private later: ReturnType<typeof setTimeout> | undefined;
  private notice: Notification | null = null;

  /** @param open shows an alert on the page; null: all of them */
  constructor(private readonly open: (id: string | null) => void) {
    const locks = lockManager();
    void locks?.request(RINGER, () => {
      this.isRinger = true;
      return new Promise(() => undefined);
    });
    if (locks) this.tellOthers(locks);
  }

  async ring(alert: AlertMessage, { notifies, sounds }: { notifies: boolean; sounds: boolean }): Promise<void> {
    if (!this.isRinger || isLookedAt() || (await isWatchedElsewhere())) return;
    const now = Date.now();
    if (now - this.lastAt > BURST_MS) [this.burst, this.shownAt] = [[], 0];
    this.lastAt = now;
    this.burst.push(alert);
    if (notifies) this.show(now);
    if (sounds && now - this.soundedAt >= SOUND_PACE_MS) this.chime();
  }

  /** Empty when it was given; else what stands in the way. */
  async askPermission(): Promise<string> {
    if (!('Notification' in globalThis)) return 'This browser has no notifications for this page.';
    const answer = await Notification.requestPermission();
    if (answer === 'granted') return '';
    return answer === 'denied'
      ? 'The browser forbids it: allow notifications for this page in its settings.'
      : 'The browser was not allowed to.';
  }

  /** Short, and made here: no file is fetched for it. Silent until somebody has used the page. */
  chime(): void {
    if (!('AudioContext' in globalThis)) return;
    this.soundedAt = Date.now();
    const audio = (this.audio ??= new AudioContext());
    void audio.resume().catch(() => undefined);
    for (const { pitch, at } of TONES) {
      const begin = audio.currentTime + at;
      const tone = new OscillatorNode(audio, { frequency: pitch, type: 'sine' });
      const gain = new GainNode(audio, { gain: 0 });
      gain.gain.setValueAtTime(0, begin);
      gain.gain.linearRampToValueAtTime(LOUDNESS, begin + 0.015);
      gain.gain.linearRampToValueAtTime(0, begin + TONE_S);
      tone.connect(gain).connect(audio.destination);
      tone.start(begin);
      tone.stop(begin + TONE_S);
    }
  }

  private show(now: number): void {
    clearTimeout(this.later);
    const wait = this.shownAt + PACE_MS - now;
    if (wait > 0) {
      this.later = setTimeout(() => this.show(Date.now()), wait);
      return;
    }
    const [first] = this.burst;
    if (!first) return;
    this.shownAt = now;
    const count = this.burst.length;
    const title = count === 1 ? `${first.severity}: ${first.rule.name}` : `${count} alerts began`;
    const body = count === 1 ? first.message : [...new Set(this.burst.map(({ rule }) => rule.name))].slice(0, 3).join(', '); // prettier-ignore
    try {
      this.notice?.close();
      this.notice = new Notification(title, { body, tag: `deckwatch:${first.id}`, icon: '/icon-192.png' });
    } catch {
      return; // some browsers let only a worker of the page show one
    }
    this.notice.onclick = () => {
      window.focus();
      this.open(count === 1 ? first.id : null);
      this.notice?.close();
    };
  }

  /** Holds a lock while this tab is looked at. */
  private tellOthers(locks: LockManager): void {
    let release: (() => void) | null = null;
    const look = () => {
      if (isLookedAt() === (release !== null)) return;
      if (release) release();
      const ended = Promise.withResolvers<void>();
      release = release ? null : ended.resolve;
      if (release) void locks.request(WATCHED, { mode: 'shared' }, () => ended.promise);
    };
    window.addEventListener('focus', look);
    window.addEventListener('blur', look);
    document.addEventListener('visibilitychange', look);
    look();
  }
}

function isLookedAt(): boolean {
  return document.visibilityState === 'visible' && document.hasFocus();
}

async function isWatchedElsewhere(): Promise<boolean> {
  const held = await lockManager()
    ?.query()
    .catch(() => null);
  return held?.held?.some(({ name }) => name === WATCHED) ?? false;
}

/** Browsers know none on a page that came by plain http from another machine. */
function lockManager(): LockManager | undefined {
  return (globalThis.navigator as { locks?: LockManager }).locks;
}
