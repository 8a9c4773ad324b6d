import { ScriptedWorld } from '../stream/scripted-world.js';
import { Notices } from './notices.js';

describe('Notices', () => {
  it('go by themselves, those that can be acted on and failures later', async () => {
    const world = new ScriptedWorld();
    const notices = new Notices(world.setTimer);
    const texts = () => notices.list.peek().map(({ kind, text }) => `${kind} ${text}`);
    notices.tell('Saved');
    notices.tell('Removed', { label: 'Undo', run: () => undefined });
    notices.fail('No');
    expect(texts()).toEqual(['done Saved', 'done Removed', 'failed No']);
    await world.advance(5_000);
    expect(texts()).toEqual(['done Removed', 'failed No']);
    await world.advance(7_000);
    expect(texts()).toEqual([]);
  });

  it('can be dismissed, and do not pile up', () => {
    const notices = new Notices(new ScriptedWorld().setTimer);
    notices.fail('No');
    notices.fail('No');
    expect(notices.list.peek()).toHaveLength(1);
    notices.dismiss(notices.list.peek()[0]!.id);
    expect(notices.list.peek()).toEqual([]);
  });
});
