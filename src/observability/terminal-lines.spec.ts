import { terminalLine } from './terminal-lines.js';

const at = new Date(2026, 10, 22, 9, 5, 7).getTime();

describe('terminalLine', () => {
  it('writes a record as its time and what happened', () => {
    const record = {
      level: 30,
      time: at,
      pid: 1,
      hostname: 'h',
      msg: 'Millrace is ready at http://127.0.0.1:3000',
    };
    expect(terminalLine(JSON.stringify(record))).toBe(
      '09:05:07 Millrace is ready at http://127.0.0.1:3000\n',
    );
  });

  it('names what is worse than news, where it comes from, and the facts', () => {
    const record = {
      level: 40,
      time: at,
      pid: 1,
      hostname: 'h',
      context: 'RunExecutor',
      run_id: 'r',
      msg: 'A run failed',
    };
    expect(terminalLine(JSON.stringify(record))).toBe(
      '09:05:07 warning: RunExecutor: A run failed {"run_id":"r"}\n',
    );
  });

  it('leaves what is no record as it is', () => {
    expect(terminalLine('plain\n')).toBe('plain\n');
  });
});
