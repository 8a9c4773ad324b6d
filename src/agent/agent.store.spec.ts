import type { Kysely } from 'kysely';
import { ada, eve } from '../../test/support/conversations.js';
import { describeOnEachDatabase } from '../../test/support/databases.js';
import type { Database } from '../database/schema.js';
import { agentConfig } from '../protocol/agent.js';
import { AgentStore } from './agent.store.js';

const agent = (name: string, fields: object = {}) => agentConfig.parse({ name, model_name: 'm', ...fields });

describeOnEachDatabase('[AGENT-01] AgentStore', (databases) => {
  let db: Kysely<Database>;
  let store: AgentStore;
  beforeEach(async () => {
    db = await databases.open();
    store = new AgentStore(db);
  });
  const namesOf = async (owner = ada) => (await store.list(owner)).map(({ config }) => config.name);

  it('gives an agent back as it was written, and says when it was changed', async () => {
    const written = agent('a', { description: '作家', limits: { max_depth: 2 }, parameters: { top_p: 0.5 } });
    await store.create(ada, written, 1000);
    expect(await store.find(ada, 'a')).toEqual({ config: written, created_at: 1000, updated_at: 1000 });
    const changed = { ...written, system_prompt: 'Write.' };
    await store.replace(ada, 'a', changed, 2000);
    expect(await store.find(ada, 'a')).toEqual({ config: changed, created_at: 1000, updated_at: 2000 });
  });

  it('keeps the agents of each owner apart', async () => {
    await store.create(ada, agent('mine', { system_prompt: 'of ada' }), 1);
    await store.create(eve, agent('mine', { system_prompt: 'of eve' }), 1);
    await store.create(eve, agent('hers'), 1);
    expect(await namesOf(ada)).toEqual(['mine']);
    expect(await namesOf(eve)).toEqual(['hers', 'mine']);
    expect((await store.find(ada, 'mine'))?.config.system_prompt).toBe('of ada');
    expect(await store.findAll(ada, ['mine', 'hers', 'nobodys'])).toEqual(
      new Map([['mine', agent('mine', { system_prompt: 'of ada' })]]),
    );
    await expect(store.replace(ada, 'hers', agent('hers'), 1)).rejects.toMatchObject({
      code: 'agent_not_found',
    });
    await expect(store.remove(ada, 'hers')).rejects.toMatchObject({ code: 'agent_not_found' });
    await store.remove(eve, 'mine');
    expect(await store.find(ada, 'mine')).toBeDefined();
  });

  it('replaces no agent by a new one, nor by one that is renamed', async () => {
    await store.create(ada, agent('a', { system_prompt: 'first' }), 1);
    await store.create(ada, agent('b'), 1);
    await expect(store.create(ada, agent('a'), 2)).rejects.toMatchObject({ code: 'agent_exists' });
    await expect(store.replace(ada, 'b', agent('a'), 2)).rejects.toMatchObject({ code: 'agent_exists' });
    expect((await store.find(ada, 'a'))?.config.system_prompt).toBe('first');
    expect(await namesOf()).toEqual(['a', 'b']);
  });

  it('renames an agent in those that may call it, and deletes one that none may call', async () => {
    await store.create(ada, agent('b'), 1);
    await store.create(ada, agent('a', { agents: ['b'] }), 1);
    await store.replace(ada, 'b', agent('乙'), 2);
    expect((await store.find(ada, 'a'))?.config.agents).toEqual(['乙']);
    expect(await namesOf()).toEqual(['a', '乙']);
    await expect(store.remove(ada, '乙')).rejects.toMatchObject({
      code: 'agent_in_use',
      members: { agents: ['a'] },
    });
    await store.remove(ada, 'a');
    await store.remove(ada, '乙');
    expect(await namesOf()).toEqual([]);
  });
});
