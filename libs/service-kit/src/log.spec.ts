import { createLog } from './log.ts';

describe('the log', () => {
  it('writes one JSON object a line, with the facts as fields', () => {
    const lines: string[] = [];
    createLog('collector', 'info', (line) => lines.push(line)).warn('engine away', { host: 'web\n' });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^[^\n]+\n$/);
    expect(JSON.parse(lines[0]!)).toMatchObject({
      level: 'warn',
      service: 'collector',
      message: 'engine away',
      host: 'web\n',
    });
  });

  it('leaves out what is below its level', () => {
    const lines: string[] = [];
    const log = createLog('collector', 'warn', (line) => lines.push(line));
    log.info('routine');
    log.error('trouble');
    expect(lines).toHaveLength(1);
  });
});
