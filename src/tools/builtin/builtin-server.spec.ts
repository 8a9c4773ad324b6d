import { never, TestTools } from '../../../test/support/mcp/test-tools.js';

describe('the built-in server', () => {
  const tools = new TestTools([{ name: 'builtin', transport: 'in_process', disabled: false }]);
  afterAll(() => tools.close());

  it('has a clock and a calculator', async () => {
    const opened = await tools.box.open(['builtin'], never());
    expect([...opened.tools.keys()]).toEqual(['builtin__current_time', 'builtin__calculate']);
  });

  it('tells the time', async () => {
    const { status, content, output } = await tools.call('builtin__current_time', {
      time_zone: 'Asia/Tokyo',
    });
    expect(status).toBe('ok');
    expect(content).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+09:00 \(\w+day, Asia\/Tokyo\)$/);
    expect(output).toMatchObject({ time_zone: 'Asia/Tokyo' });
  });

  it('calculates', async () => {
    expect(await tools.call('builtin__calculate', { expression: '(12.5 + 3) * 2^10' })).toEqual({
      status: 'ok',
      content: '15872',
      output: { value: 15872 },
      cut: false,
    });
  });

  it.each([
    ['current_time', { time_zone: 'Nowhere' }, 'There is no time zone "Nowhere".'],
    ['calculate', { expression: '1/0' }, 'Division by zero at position 3.'],
  ])('says what is wrong, as a failure of %s', async (tool, input, text) => {
    const outcome = await tools.call(`builtin__${tool}`, input);
    expect(outcome).toMatchObject({
      status: 'error',
      content: expect.stringContaining(`工具 ${tool} 执行失败：${text}`),
    });
  });

  it('comes back after it was disconnected', async () => {
    await tools.registry.get('builtin')?.disconnect();
    expect(tools.registry.get('builtin')?.status()).toMatchObject({ connected: false, error: null });
    expect(await tools.call('builtin__calculate', { expression: '1+1' })).toMatchObject({ content: '2' });
  });
});
