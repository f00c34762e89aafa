import { RpcFault } from '@deckwatch/bus';
import { SilenceDraft, type SilenceRecord } from '@deckwatch/contracts';
import { isTimeZone, wallTimeToMs } from './wall-time.ts';

type Fault = { path: string; message: string };

/** How long a silence may last, milliseconds: one that is forgotten must not hide troubles for good. */
export const LONGEST_SILENCE_MS = 366 * 86_400_000;

/** The times of a draft, in Unix milliseconds. Throws RpcFault 400 with every fault and its path. */
export function checkSilence(
  draft: SilenceDraft,
  now: number,
): Pick<SilenceRecord, 'matchers' | 'startsAt' | 'endsAt' | 'timeZone' | 'comment'> {
  const parsed = SilenceDraft.safeParse(draft);
  if (!parsed.success)
    throw refusal(parsed.error.issues.map(({ path, message }) => ({ path: path.map(String).join('.'), message })));
  const { matchers, timeZone, comment, endsAt, startsAt = now } = parsed.data;
  if (!isTimeZone(timeZone)) throw refusal([{ path: 'timeZone', message: `there is no time zone "${timeZone}"` }]);
  const times = { startsAt: momentOf(startsAt, timeZone), endsAt: momentOf(endsAt, timeZone) };
  const faults = timeFaults(times.startsAt, times.endsAt, now);
  if (faults.length > 0) throw refusal(faults);
  return { matchers, ...times, timeZone, comment };
}

function momentOf(time: number | string, timeZone: string): number {
  return typeof time === 'number' ? time : wallTimeToMs(time, timeZone);
}

function timeFaults(startsAt: number, endsAt: number, now: number): Fault[] {
  const faults = Object.entries({ startsAt, endsAt }).flatMap(([path, at]) =>
    Number.isNaN(at) ? [{ path, message: 'there is no such day' }] : [],
  );
  if (faults.length > 0) return faults;
  if (endsAt <= startsAt) return [{ path: 'endsAt', message: 'must be after startsAt' }];
  if (endsAt <= now) return [{ path: 'endsAt', message: 'is past already' }];
  if (endsAt - startsAt > LONGEST_SILENCE_MS) return [{ path: 'endsAt', message: 'a silence lasts 366 days at most' }];
  return [];
}

function refusal(errors: Fault[]): RpcFault {
  return new RpcFault(
    400,
    errors.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; '),
    errors,
  );
}
