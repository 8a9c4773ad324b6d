import fc from 'fast-check';
import { toolNames } from './tool-names.js';
import { anyCharacter } from '../protocol/text.arbitrary.js';

const name = (server: string, tool: string): string | undefined => toolNames([{ server, tool }])[0];

describe('[TOOL-03] toolNames', () => {
  it.each([
    ['builtin', 'current_time', 'builtin__current_time'],
    ['my server', 'get.weather/now', 'my_server__get_weather_now'],
    ['1password', 'read', '_1password__read'],
  ])('makes one of %s and %s', (server, tool, expected) => {
    expect(name(server, tool)).toBe(expected);
  });

  it('keeps names in other scripts apart by a hash', () => {
    expect(name('天气', '查询')).toMatch(/^x[0-9a-f]{6}__x[0-9a-f]{6}$/);
    expect(name('天气', '查询')).not.toBe(name('天气', '预报'));
  });

  it('keeps apart what looks the same, and gives the first the plain name', () => {
    const names = toolNames([
      { server: 'a', tool: 'b__c' },
      { server: 'a__b', tool: 'c' },
      { server: 'a', tool: 'b  c' },
    ]);
    expect(names).toEqual(['a__b__c', expect.stringMatching(/^a__b__c_[0-9a-f]{8}$/), 'a__b_c']);
  });

  it('is safe for every provider, unique and repeatable, whatever the servers call their tools', () => {
    const part = fc.oneof(
      fc.string({ minLength: 1 }),
      fc.string({ unit: anyCharacter, minLength: 1 }),
      fc.constantFrom('a', 'a_', 'a__a'),
      fc.string({ minLength: 80, maxLength: 200 }),
    );
    const tools = fc.uniqueArray(fc.record({ server: part, tool: part }), {
      selector: (one) => `${one.server}\0${one.tool}`,
    });
    fc.assert(
      fc.property(tools, (list) => {
        const names = toolNames(list);
        expect(names).toHaveLength(list.length);
        expect(new Set(names).size).toBe(list.length);
        names.forEach((one) => expect(one).toMatch(/^[A-Za-z_][A-Za-z0-9_-]{0,63}$/));
        expect(toolNames(list)).toEqual(names);
      }),
    );
  });
});
