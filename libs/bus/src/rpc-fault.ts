import type { RpcError } from '@deckwatch/contracts';

/** A request that was refused or not answered; `status` is the HTTP status that says the same. */
export class RpcFault extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly errors?: RpcError['errors'],
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'RpcFault';
  }

  toJSON(): RpcError {
    return { status: this.status, message: this.message, ...(this.errors && { errors: this.errors }) };
  }
}
