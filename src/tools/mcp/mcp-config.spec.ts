import { parseMcpConfig } from './mcp-config.js';

const env = { TOKEN: 's3cret', HOSTNAME_OF_IT: 'tools.example', EMPTY: '' };
const read = (mcpServers: Record<string, unknown>) =>
  parseMcpConfig(JSON.stringify({ mcpServers }), 'mcp.json', env);

describe('[TOOL-12] parseMcpConfig', () => {
  it('reads a stdio server, with variables in its environment only', () => {
    const args = ['-y', '${TOKEN}'];
    expect(
      read({ files: { command: 'npx', args, env: { KEY: 'a${TOKEN}b' }, cwd: '/srv', timeout: 30 } }),
    ).toEqual([
      {
        name: 'files',
        transport: 'stdio',
        command: 'npx',
        args,
        cwd: '/srv',
        env: { KEY: 'as3cretb' },
        disabled: false,
        timeoutSeconds: 30,
      },
    ]);
  });

  it('reads an HTTP server, with variables in its address and headers', () => {
    const headers = { Authorization: 'Bearer ${TOKEN}' };
    expect(read({ web: { url: 'https://${HOSTNAME_OF_IT}/mcp', headers } })).toEqual([
      {
        name: 'web',
        transport: 'streamable_http',
        url: new URL('https://tools.example/mcp'),
        headers: { Authorization: 'Bearer s3cret' },
        disabled: false,
        timeoutSeconds: undefined,
      },
    ]);
  });

  it.each([
    [{ url: 'http://a' }, 'streamable_http'],
    [{ url: 'http://a', type: 'http' }, 'streamable_http'],
    [{ url: 'http://a', type: 'streamable-http' }, 'streamable_http'],
    [{ url: 'http://a', transportType: 'streamable_http' }, 'streamable_http'],
    [{ url: 'http://a', type: 'stdio' }, 'streamable_http'],
    [{ url: 'http://a', type: 'sse' }, 'sse'],
    [{ url: 'http://a', transportType: 'sse' }, 'sse'],
    [{ url: 'http://a', type: 'sse', transportType: 'stdio' }, 'sse'],
    [{ command: 'a' }, 'stdio'],
    [{ command: 'a', transportType: 'stdio' }, 'stdio'],
    [{ command: 'a', autoApprove: ['x'], anything: { else: 1 } }, 'stdio'],
  ])('takes %j for %s', (entry, transport) => {
    expect(read({ a: entry })).toMatchObject([{ transport }]);
  });

  it('keeps the order of the file, and names that objects are made of', () => {
    const json = '{"mcpServers":{"b":{"command":"x"},"constructor":{"command":"x"},"a":{"command":"x"}}}';
    expect(parseMcpConfig(json, 'f', env).map(({ name }) => name)).toEqual(['b', 'constructor', 'a']);
  });

  it('does not look for the variables of a disabled server', () => {
    expect(read({ off: { url: '${NOWHERE}/mcp', disabled: true } })).toMatchObject([
      { name: 'off', disabled: true },
    ]);
  });

  it('lets the file disable the built-in server, and nothing else of it', () => {
    expect(read({ builtin: { disabled: true } })).toMatchObject([
      { transport: 'in_process', disabled: true },
    ]);
    expect(() => read({ builtin: { command: 'x' } })).toThrow(
      '"builtin": the name is taken by the built-in tools',
    );
  });

  it('names the file, and every server and field that is wrong, without the values', () => {
    const servers = {
      none: {},
      both: { command: 'x', url: 'http://a' },
      web: { type: 'sse', command: 'x' },
      file: { url: 'file:///etc/passwd' },
      login: { url: 'https://me:${TOKEN}@host/mcp' },
      unset: { command: 'x', env: { KEY: '${NOWHERE}', OTHER: '${EMPTY}' } },
      slow: { command: 'x', timeout: 60_000 },
      types: { command: ['x'], args: 'y' },
      text: 'x',
    };
    expect(() => read(servers)).toThrow(
      new Error(
        [
          'The MCP servers in mcp.json are not valid:',
          '  "none": command: is required (or "url" for a server that is reached by HTTP)',
          '  "both": has both "command" and "url"',
          '  "web": url: is required for the transport sse',
          '  "file": url: must be an http or https address',
          '  "login": url: put credentials into "headers", not into the address',
          '  "unset": env.KEY: the environment variable NOWHERE is not set',
          '  "unset": env.OTHER: the environment variable EMPTY is not set',
          '  "slow": timeout: is in seconds, at most 3600',
          '  "types": command: Invalid input: expected string, received array',
          '  "types": args: Invalid input: expected array, received string',
          '  "text": entry: Invalid input: expected object, received string',
        ].join('\n'),
      ),
    );
  });

  it.each(['', '{', '[]', '{"servers":{}}', '{"mcpServers":[]}', 'null'])(
    'refuses the document %j',
    (json) => {
      expect(() => parseMcpConfig(json, '/etc/mcp.json', env)).toThrow('/etc/mcp.json');
    },
  );
});
