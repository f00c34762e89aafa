import type { Answer, CallOptions } from '../http-call.ts';
import { callHttp } from '../http-call.ts';
import type { Notice } from '../notice.ts';
import type { OpenChannel } from '../open-channel.ts';
import { sendEmail } from './email.ts';
import { sendNtfy } from './ntfy.ts';
import { sendSlack } from './slack.ts';
import { sendWebhook } from './webhook.ts';

/** Sends a notice by the way of its channel. Throws what went wrong before there was an answer. */
export function send(channel: OpenChannel, notice: Notice, options: CallOptions = {}): Promise<Answer> {
  switch (channel.type) {
    case 'webhook':
      return sendWebhook(channel, notice, options);
    case 'slack':
      return sendSlack(channel, notice, options);
    case 'ntfy':
      return sendNtfy(channel, notice, options);
    case 'email':
      return sendEmail(channel, notice, options);
    case 'heartbeat':
      return beat(channel, options);
  }
}

/** Calls a heartbeat's URL. */
export function beat({ url, allowPrivate }: { url: string; allowPrivate: boolean }, options: CallOptions = {}) {
  return callHttp({ url, method: 'GET', allowPrivate }, options);
}
