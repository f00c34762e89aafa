import { BadRequestException } from '@nestjs/common';
import { RpcFault } from '@deckwatch/bus';
import { ProblemError, problemOf } from './problem.ts';

const named = (name: string) => Object.assign(new Error('secret text'), { name });

describe('problemOf', () => {
  it.each([
    [new ProblemError(409, 'too late'), 409, 'too late'],
    [new RpcFault(503, 'no answer on x'), 503, 'no answer on x'],
    [new BadRequestException('no'), 400, 'no'],
    [Object.assign(new Error('entity too large'), { status: 413, expose: true }), 413, 'entity too large'],
    [Object.assign(new Error('secret text'), { status: 400, expose: true, type: 'entity.parse.failed' }), 400, 'this is not JSON'], // prettier-ignore
    [named('TimeoutError'), 503, 'the broker is away'],
    [named('NoRespondersError'), 503, 'the broker is away'],
    [new Error('secret text'), 500, 'something went wrong'],
    [Object.assign(new Error('secret text'), { status: 500, expose: false }), 500, 'something went wrong'],
    ['just a string', 500, 'something went wrong'],
    [undefined, 500, 'something went wrong'],
  ])('says of %p no more than a client may know', (error, status, detail) => {
    expect(problemOf(error)).toMatchObject({ type: 'about:blank', status, detail, title: expect.any(String) });
  });

  it('names wrong fields', () => {
    const errors = [{ path: 'body.name', message: 'missing' }];
    expect(problemOf(new ProblemError(400, 'no', errors)).errors).toEqual(errors);
  });
});
