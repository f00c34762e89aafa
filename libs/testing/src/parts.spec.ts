import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { judgeParts, missingPart, requiredParts } from './parts.ts';
import { findProgram } from './programs.ts';

const run = promisify(execFile);

describe('the part check', () => {
  it('skips tests whose part is missing, and says how to get it', () => {
    const verdict = judgeParts(['engine'], { PATH: process.env['PATH'] });
    expect(verdict).toMatchObject({
      kind: 'skip',
      why: expect.stringMatching(/^engine: .*(apt-get|DECKWATCH_TEST_ENGINE=1)/),
    });
  });

  it('fails tests whose part is missing but required', () => {
    const verdict = judgeParts(['engine'], { PATH: process.env['PATH'], DECKWATCH_REQUIRE: 'nats,engine' });
    expect(verdict).toMatchObject({
      kind: 'fail',
      why: expect.stringMatching(/required part is missing: engine: .*(apt-get|DECKWATCH_TEST_ENGINE)/),
    });
  });

  it('still skips when another part is required than the one that is missing', () => {
    expect(judgeParts(['engine'], { PATH: process.env['PATH'], DECKWATCH_REQUIRE: 'chromium' }).kind).toBe('skip');
  });

  it('refuses a required part that it does not know', () => {
    expect(() => requiredParts({ DECKWATCH_REQUIRE: 'nats, engin' })).toThrow('DECKWATCH_REQUIRE names "engin"');
  });
});

describe('a suite on a required part that is missing', () => {
  const runFixture = async (require: string) => {
    const env = {
      ...process.env,
      DECKWATCH_TEST_ENGINE: '',
      DECKWATCH_REQUIRE: require,
      DECKWATCH_TEST_RESULTS: '',
      FORCE_COLOR: '0',
    };
    const jest = join(__dirname, '../../../node_modules/jest/bin/jest.js');
    const config = join(__dirname, '../test/fixtures/jest.config.cjs');
    return run(process.execPath, [jest, '-c', config], { env }).then(
      ({ stderr }) => ({ code: 0, output: stderr }),
      (error: { code: number; stderr: string }) => ({ code: error.code, output: error.stderr }),
    );
  };

  it('is skipped without DECKWATCH_REQUIRE', async () => {
    const { code, output } = await runFixture('');
    expect(code).toBe(0);
    expect(output).toMatch(/Tests: +1 skipped, 1 total/);
  }, 30_000);

  it('fails with DECKWATCH_REQUIRE=engine, by the name of the part', async () => {
    const { code, output } = await runFixture('engine');
    expect(code).toBe(1);
    expect(output).toMatch(/\[engine\] a suite that needs an engine/);
    expect(output).toMatch(/required part is missing: engine: .*(apt-get install docker\.io|DECKWATCH_TEST_ENGINE=1)/);
  }, 30_000);
});

describe('looking up a program', () => {
  let data: string;
  beforeAll(async () => {
    data = await mkdtemp(join(tmpdir(), 'deckwatch-parts-'));
    await mkdir(join(data, 'bin/usr/sbin'), { recursive: true });
    await writeFile(join(data, 'bin/usr/sbin/nats-unpacked'), '#!/bin/sh\n');
    await chmod(join(data, 'bin/usr/sbin/nats-unpacked'), 0o755);
    await writeFile(join(data, 'bin/not-executable'), '');
  });
  afterAll(() => rm(data, { recursive: true, force: true }));

  it("finds one in the system's folders when PATH lacks them", () => {
    expect(findProgram('env', { PATH: '/nowhere' })?.path).toMatch(/\/env$/);
  });

  it('finds what the launcher unpacked, with the folder of its libraries', () => {
    const program = findProgram('nats-unpacked', { PATH: '', DECKWATCH_DATA: data });
    expect(program?.path).toBe(join(data, 'bin/usr/sbin/nats-unpacked'));
    expect(program?.env['LD_LIBRARY_PATH']).toContain(join(data, 'bin/usr/lib'));
  });

  it('finds nothing under a name that nobody has, or that may not be executed', () => {
    expect(findProgram('no-such-program-anywhere')).toBeUndefined();
    expect(findProgram('not-executable', { PATH: '', DECKWATCH_DATA: data })).toBeUndefined();
  });

  it('says why a part is missing', () => {
    expect(missingPart('engine', { PATH: process.env['PATH'] })).toMatch(/engine is started only|not found/);
  });
});
