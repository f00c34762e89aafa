import { becomeLean } from './lean-process.ts';

function start(over: { execArgv?: string[]; env?: NodeJS.ProcessEnv; execve?: undefined } = {}) {
  const started: { args: string[]; env: NodeJS.ProcessEnv }[] = [];
  const execve = (_: string, args: string[], env: NodeJS.ProcessEnv) => started.push({ args, env }) as never;
  becomeLean({ execArgv: [], argv: ['node', 'main.js', 'x'], execPath: '/node', env: { A: 'b' }, execve, ...over });
  return started;
}

describe('a process that becomes lean', () => {
  it('starts the same program anew, with its flags and environment', () => {
    const [{ args, env }] = start({ execArgv: ['--enable-source-maps'] }) as [
      { args: string[]; env: NodeJS.ProcessEnv },
    ];
    expect(args).toEqual(['/node', '--enable-source-maps', '--max-semi-space-size=1', 'main.js', 'x']);
    expect(env).toMatchObject({ A: 'b', MALLOC_TRIM_THRESHOLD_: '32768' });
  });

  it('does so once', () => {
    expect(start({ env: { MALLOC_TRIM_THRESHOLD_: '1' } })).toEqual([]);
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
