import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { scripts } from '../support/scripted-openai/index.js';
import type { TestServer } from '../support/server.js';
import { newConversation, World, type JsonAnswer } from '../support/world.js';

let world: World;
beforeAll(async () => (world = await World.start({ MODEL_MAX_RETRIES: '0' })));
afterAll(() => world.stop());
afterEach(() => world.openai.reset());

const LIST = '/api/chat/conversations';

async function call(
  method: string,
  path: string,
  body?: unknown,
  server: TestServer = world.server,
): Promise<JsonAnswer> {
  const response = await fetch(server.url + path, {
    method,
    ...(body !== undefined && {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: JSON.parse(text) as JsonAnswer['body'] };
}

async function chat(question = 'hello', model_name = 'plain', conversation_id = newConversation()) {
  const { status } = await world.ask({ conversation_id, user_prompt: question, model_name });
  expect(status).toBe(200);
  return conversation_id;
}
async function listed(id: string): Promise<Record<string, unknown> | undefined> {
  const { body } = await world.get(LIST);
  return (body['conversations'] as Record<string, unknown>[]).find((item) => item['_id'] === id);
}

describe('names, tags and status (contract §6)', () => {
  test('[D-55] change what the list shows, favourites and deleted ones too', async () => {
    const id = await chat();
    for (const [status, message] of [
      ['favorite', '对话已收藏'],
      ['deleted', '对话已删除'],
      ['active', '对话已恢复为活跃状态'],
    ]) {
      const changed = await call('PUT', `${LIST}/${id}/status`, { status, user_id: 'someone', extra: 1 });
      expect(changed).toMatchObject({
        status: 200,
        body: { status: 'success', message, conversation_id: id, new_status: status },
      });
      const title = ` My ${status} `;
      expect(await call('PUT', `${LIST}/${id}/title`, { title })).toMatchObject({
        status: 200,
        body: { status: 'success', message: '对话标题更新成功', conversation_id: id, title: title.trim() },
      });
      expect(await call('PUT', `${LIST}/${id}/tags`, { tags: [' a ', '海'] })).toMatchObject({
        status: 200,
        body: { status: 'success', message: '对话标签更新成功', conversation_id: id, tags: ['a', '海'] },
      });
      expect(await listed(id)).toMatchObject({ status, title: title.trim(), tags: ['a', '海'] });
    }
  });

  test.each([
    ['status', { status: 'archived' }, 422, 'invalid_request', ''],
    ['status', {}, 422, 'invalid_request', ''],
    ['title', { title: '   ' }, 400, 'blank_title', '标题不能为空'],
    ['title', { title: 'x'.repeat(101) }, 422, 'invalid_request', 'at most 100 characters'],
    ['title', { title: 7 }, 422, 'invalid_request', ''],
    ['tags', { tags: Array(11).fill('a') }, 422, 'invalid_request', '标签数量不能超过10个'],
    ['tags', { tags: ['a', ' '] }, 422, 'invalid_request', '标签不能为空'],
    ['tags', { tags: ['x'.repeat(21)] }, 422, 'invalid_request', '单个标签长度不能超过20个字符'],
    ['tags', {}, 422, 'invalid_request', ''],
  ])('refuse a wrong %s: %j', async (field, body, status, code, detail) => {
    const id = await chat();
    const refused = await call('PUT', `${LIST}/${id}/${field}`, body);
    expect(refused).toMatchObject({ status, body: { code } });
    expect(refused.body['detail']).toContain(detail);
  });

  test.each([
    ['PUT', 'status', { status: 'favorite' }, "找不到对话 'nobody' 或状态更新失败"],
    ['PUT', 'title', { title: 'x' }, "找不到对话 'nobody' 或更新失败"],
    ['PUT', 'tags', { tags: [] }, "找不到对话 'nobody' 或更新失败"],
    ['POST', 'compact', { conversation_id: 'nobody', model_name: 'plain' }, "找不到对话 'nobody'"],
    ['DELETE', 'permanent', undefined, "找不到对话 'nobody'"],
    ['GET', 'export', undefined, "找不到对话 'nobody'"],
  ])('%s %s of what does not exist is 404', async (method, route, body, detail) => {
    expect(await call(method, `${LIST}/nobody/${route}`, body)).toMatchObject({
      status: 404,
      body: { code: 'conversation_not_found', detail },
    });
    for (const id of ['%00', 'a%2Fb', `${'x'.repeat(129)}`])
      expect(await call(method, `${LIST}/${id}/${route}`, body)).toMatchObject({
        status: 404,
        body: { code: 'conversation_not_found' },
      });
  });
});

describe('the list', () => {
  test('[D-68] [D-54] goes by pages, newest first, and finds literal text', async () => {
    const server = await world.another();
    const ask = (conversation_id: string, user_prompt: string) =>
      call(
        'POST',
        '/api/chat/completions',
        { conversation_id, user_prompt, model_name: 'plain', stream: false },
        server,
      );
    for (const [id, prompt] of [
      ['a', 'It is 100% sure'],
      ['b', 'snake_case'],
      ['c', 'C:\\dir'],
      ['d', '大海 and ÉCOLE'],
    ])
      await ask(id!, prompt!);
    const get = (query: string) => call('GET', `${LIST}?${query}`, undefined, server);
    const ids = ({ body }: JsonAnswer) => (body['conversations'] as { _id: string }[]).map(({ _id }) => _id);

    const first = await get('limit=3');
    expect(first.body).toMatchObject({ total_count: 4, next_cursor: expect.any(String) });
    const second = await get(`limit=3&cursor=${String(first.body['next_cursor'])}`);
    expect([...ids(first), ...ids(second)]).toEqual(['d', 'c', 'b', 'a']);
    expect(second.body).toMatchObject({ total_count: 4, next_cursor: null });

    expect(ids(await get(`q=${encodeURIComponent('0%')}`))).toEqual(['a']);
    expect(ids(await get('q=e_c'))).toEqual(['b']);
    expect(ids(await get(`q=${encodeURIComponent('c:\\D')}`))).toEqual(['c']);
    expect(ids(await get(`q=${encodeURIComponent('école')}`))).toEqual(['d']);
    expect(ids(await get('q=WÖRLD'))).toHaveLength(4);
    expect((await get('q=role')).body).toMatchObject({ conversations: [], total_count: 0 });
    await call('PUT', `${LIST}/b/status`, { status: 'favorite' }, server);
    expect(ids(await get('status=favorite'))).toEqual(['b']);
    expect(ids(await get('type=graph'))).toEqual([]);
  });

  test.each([
    'limit=0',
    'limit=201',
    'limit=x',
    'limit=1&limit=2',
    'cursor=forged',
    'status=gone',
    'type=x',
    `q=${'x'.repeat(201)}`,
  ])('refuses %s', async (query) => {
    expect(await world.get(`${LIST}?${query}`)).toMatchObject({
      status: 400,
      body: { code: 'invalid_parameter' },
    });
  });
});

describe('compaction', () => {
  test('brutal keeps question and answer, and the next turn works [D-28] [D-29]', async () => {
    const id = newConversation();
    await world.openai.push(
      scripts.calling({ id: 'a', name: 'builtin__current_time', args: {} }),
      scripts.saying('Noon.'),
    );
    await world.ask({ conversation_id: id, user_prompt: 'What time?', mcp_servers: ['builtin'] });
    const compact = (change = {}) =>
      call('POST', `${LIST}/${id}/compact`, { conversation_id: id, model_name: 'plain', ...change });

    expect(await compact()).toMatchObject({
      status: 200,
      body: {
        status: 'success',
        message: '聊天压缩成功，压缩比: 50.0%',
        conversation_id: id,
        compact_type: 'brutal',
        statistics: {
          original_rounds: 1,
          original_messages: 4,
          compacted_rounds: 1,
          compacted_messages: 2,
          compression_ratio: 0.5,
          tool_contents_summarized: 0,
        },
        error: null,
      },
    });
    expect((await world.rounds(id))[0]?.messages).toEqual([
      { role: 'user', content: 'What time?' },
      { role: 'assistant', content: 'Noon.' },
    ]);
    expect(await compact()).toMatchObject({
      status: 200,
      body: {
        message: '聊天压缩成功，压缩比: 0.0%',
        statistics: { original_messages: 2, compacted_messages: 2 },
      },
    });
    await chat('And now?', 'plain', id);
    const asked = (await world.openai.requests()).at(-1)?.body as { messages: unknown[] };
    expect(asked.messages).toEqual([
      { role: 'user', content: 'What time?' },
      { role: 'assistant', content: 'Noon.' },
      { role: 'user', content: 'And now?' },
    ]);

    expect(await compact({ conversation_id: 'other' })).toMatchObject({
      status: 400,
      body: { detail: '请求路径中的对话ID与请求体中的对话ID不匹配' },
    });
    expect(await compact({ model_name: 'nope' })).toMatchObject({
      status: 400,
      body: { code: 'unknown_model' },
    });
    expect(await compact({ compact_threshold: 99 })).toMatchObject({ status: 422 });
    expect(await compact({ compact_type: 'gentle' })).toMatchObject({ status: 422 });
  });
});

describe('permanent deletion', () => {
  test('leaves no byte in the database files, nor in the log', async () => {
    const server = await world.another({ DATABASE_URL: world.databaseUrl('erased/millrace.db') });
    const folder = dirname(world.databaseUrl('erased/millrace.db').slice('sqlite:'.length));
    const canary = 'canary-7f3a';
    await world.openai.push(scripts.saying(`You said ${canary}`));
    const conversation_id = newConversation();
    const answer = await call(
      'POST',
      '/api/chat/completions',
      { conversation_id, user_prompt: `${canary} `.repeat(500), model_name: 'plain', stream: false },
      server,
    );
    await call('PUT', `${LIST}/${conversation_id}/title`, { title: canary }, server);
    expect(await occurrences(folder, canary)).toBeGreaterThan(0);

    expect(
      await call('DELETE', `${LIST}/${conversation_id}/permanent?user_id=x`, undefined, server),
    ).toMatchObject({
      status: 200,
      body: { status: 'success', message: `对话 '${conversation_id}' 已永久删除`, conversation_id },
    });
    expect(await occurrences(folder, canary)).toBe(0);
    expect(await call('GET', `${LIST}/${conversation_id}`, undefined, server)).toMatchObject({ status: 404 });
    for (const path of ['', '/events'])
      expect(
        await call('GET', `/api/runs/${String(answer.body['run_id'])}${path}`, undefined, server),
      ).toMatchObject({
        status: 404,
        body: { code: 'run_not_found' },
      });
    expect(await call('DELETE', `${LIST}/${conversation_id}/permanent`, undefined, server)).toMatchObject({
      status: 404,
    });
  });

  test('stops the answer that is under way', async () => {
    const conversation_id = newConversation();
    const stream = await world.chat({ conversation_id, model_name: 'slow' });
    const { number } = await world.openai.received(1);
    expect(await call('DELETE', `${LIST}/${conversation_id}/permanent`)).toMatchObject({ status: 200 });
    expect((await world.openai.closed(number)).closedBy).toBe('client');
    expect(await listed(conversation_id)).toBeUndefined();
    await stream.toEnd().catch(() => []);
  });
});

describe('export and import', () => {
  test('gives the same conversation under another id', async () => {
    const id = newConversation();
    await world.openai.push(
      scripts.calling({ id: 'a', name: 'builtin__current_time', args: {} }),
      scripts.withReasoning(['hm'], ['Noon. ```']),
    );
    await world.ask({ conversation_id: id, user_prompt: '几点了？', mcp_servers: ['builtin'] });
    await call('PUT', `${LIST}/${id}/tags`, { tags: ['time'] });

    const exported = await call('GET', `${LIST}/${id}/export`);
    expect(exported.headers.get('content-disposition')).toBe(
      `attachment; filename="conversation-${id}.json"`,
    );
    const imported = await call('POST', `${LIST}/import`, exported.body);
    expect(imported).toMatchObject({ status: 201, body: { title: '几点了？', round_count: 1 } });
    const copy = imported.body['conversation_id'] as string;
    expect((await call('GET', `${LIST}/${copy}/export`)).body).toEqual(exported.body);
    expect((await world.rounds(copy))[0]?.messages).toEqual((await world.rounds(id))[0]?.messages);
    expect(await listed(copy)).toMatchObject({ tags: ['time'], total_token_usage: { total_tokens: 30 } });
    await chat('And now?', 'plain', copy);
    expect(await world.rounds(copy)).toHaveLength(2);

    const [round] = await world.rounds(copy);
    const replay = await world.follow(round!.run_id);
    expect((await replay.toEnd()).at(-1)?.data).toBe('[DONE]');
  });

  test('writes Markdown for people', async () => {
    const id = await chat('Hello\n```js\n1\n```');
    const response = await fetch(`${world.server.url}${LIST}/${id}/export?format=markdown`);
    expect(response.headers.get('content-type')).toBe('text/markdown; charset=utf-8');
    expect(await response.text()).toMatch(
      /^# Hello\n\n\d{4}-\d\d-\d\d\n\n## User\n\nHello\n```js\n1\n```\n\n## Assistant \(plain\)\n\nHello wörld\n$/,
    );
    expect(await call('GET', `${LIST}/${id}/export?format=pdf`)).toMatchObject({
      status: 400,
      body: { code: 'invalid_parameter' },
    });
  });

  test('refuses what is not an archive, and stores nothing of it', async () => {
    const id = await chat();
    const { body } = await call('GET', `${LIST}/${id}/export`);
    const before = (await world.get(LIST)).body['total_count'];
    for (const change of [
      { version: 2 },
      { extra: 1 },
      { format: 'other' },
      { conversation: { ...(body['conversation'] as object), type: 'graph' } },
      { conversation: { ...(body['conversation'] as object), created_at: 'yesterday' } },
      { rounds: [{ ...(body['rounds'] as object[])[0], messages: [] }] },
      { rounds: [{ ...(body['rounds'] as object[])[0], messages: [{ role: 'system', content: 'x' }] }] },
    ])
      expect(await call('POST', `${LIST}/import`, { ...body, ...change })).toMatchObject({
        status: 422,
        body: { code: 'invalid_request' },
      });
    expect((await world.get(LIST)).body['total_count']).toBe(before);
  });
});

async function occurrences(folder: string, text: string): Promise<number> {
  const files = await readdir(folder);
  const contents = await Promise.all(files.map((name) => readFile(join(folder, name), 'latin1')));
  return contents.reduce((sum, content) => sum + content.split(text).length - 1, 0);
}
