import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { findProgram, type Program } from '@deckwatch/testing';

/** Starts a program whose end comes with ours at the latest, however we end, where `setpriv` is installed. */
export function spawnTied(program: Program, args: readonly string[], options: SpawnOptions): ChildProcess {
  const setpriv = findProgram('setpriv');
  const env = { ...process.env, ...program.env, ...options.env };
  if (!setpriv) return spawn(program.path, args, { ...options, env });
  return spawn(setpriv.path, ['--pdeathsig', 'KILL', program.path, ...args], { ...options, env });
}
