import { checkHistory } from '../support/history-checker.js';
import { scripts } from '../support/scripted-openai/index.js';
import { newConversation, World } from '../support/world.js';

let world: World;
beforeAll(async () => (world = await World.start({ CHAT_TITLES: 'on' })));
afterAll(() => world.stop());

test('[D-09] [D-27] [CONV-02] a title is made after the first answer, delays nothing, and is in the log of the next run', async () => {
  const conversation = newConversation();
  await world.openai.push(
    scripts.saying('Water turns the wheel.'),
    scripts.answer(
      scripts.gate('title'),
      scripts.text('<title>How a mill works</title><tags>water, mill, wheel</tags>'),
      scripts.finish('stop'),
      scripts.done(),
    ),
  );
  const stream = await world.chat({ conversation_id: conversation, user_prompt: 'How does a mill work?' });
  await stream.toEnd();
  await world.openai.received(2);
  expect(await listed(conversation)).toMatchObject({ title: 'How does a mill work?', tags: [] });

  await world.openai.release('title');
  let item = await listed(conversation);
  while (item['title'] === 'How does a mill work?') {
    await new Promise((resolve) => setTimeout(resolve, 20));
    item = await listed(conversation);
  }
  expect(item).toMatchObject({ title: 'How a mill works', tags: ['water', 'mill', 'wheel'] });

  const next = checkHistory([await (await world.chat({ conversation_id: conversation })).toEnd()]);
  expect(next.state).toMatchObject({ title: 'How a mill works', tags: ['water', 'mill', 'wheel'] });
});

async function listed(conversation: string): Promise<Record<string, unknown>> {
  const { body } = await world.get('/api/chat/conversations');
  return (body['conversations'] as Record<string, unknown>[]).find(({ _id }) => _id === conversation)!;
}
