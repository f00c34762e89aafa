import { startAnew } from './start-anew.ts';

const NEEDS = { flags: ['--max-semi-space-size=1'], environment: { MALLOC_TRIM_THRESHOLD_: '32768' } };

function start(over: { execArgv?: string[]; env?: NodeJS.ProcessEnv; execve?: undefined } = {}) {
  const started: { args: string[]; env: NodeJS.ProcessEnv }[] = [];
  const execve = (_: string, args: string[], env: NodeJS.ProcessEnv) => started.push({ args, env }) as never;
  startAnew(
    { execArgv: [], argv: ['node', 'main.js', 'x'], execPath: '/node', env: { A: 'b' }, execve, ...over },
    NEEDS,
  );
  return started;
}

describe('a process that starts anew', () => {
  it('is the same program, with its flags and environment and what it needs', () => {
    const [{ args, env }] = start({ execArgv: ['--enable-source-maps'] }) as [
      { args: string[]; env: NodeJS.ProcessEnv },
    ];
    expect(args).toEqual(['/node', '--enable-source-maps', '--max-semi-space-size=1', 'main.js', 'x']);
    expect(env).toEqual({ A: 'b', MALLOC_TRIM_THRESHOLD_: '32768' });
  });

  it('does so once', () => {
    const [{ args, env }] = start() as [{ args: string[]; env: NodeJS.ProcessEnv }];
    expect(start({ execArgv: args.slice(1, 2), env })).toEqual([]);
  });

  it('leaves what was set by whoever started it', () => {
    const env = { NODE_OPTIONS: '--max-semi-space-size=16', MALLOC_TRIM_THRESHOLD_: '1' };
    expect(start({ env })).toEqual([]);
    expect(start({ env: { MALLOC_TRIM_THRESHOLD_: '1' } })[0]!.env).toEqual({ MALLOC_TRIM_THRESHOLD_: '1' });
  });

  it.each([
    ['under a debugger', { execArgv: ['--inspect-brk'] }],
    ['with a debugger by environment', { env: { NODE_OPTIONS: '--inspect' } }],
    ['with a channel to its parent', { env: { NODE_CHANNEL_FD: '3' } }],
    ['where the system can not', { execve: undefined }],
  ])('stays as it is %s', (_, over) => {
    expect(start(over)).toEqual([]);
  });
});
