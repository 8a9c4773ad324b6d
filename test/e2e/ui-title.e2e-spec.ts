import { scripts } from '../support/scripted-openai/index.js';
import { UiList } from '../support/ui-list.js';
import { UiWorld } from '../support/ui-world.js';

const { answer, done, finish, gate, saying, text } = scripts;

const site = UiWorld.use({ CHAT_TITLES: 'on' });

const made = '<title>How a mill works</title><tags>water, mill</tags>';

test('[UI-15] a title that was made after the first answer shows in the list, above the conversation and in the tab', async () => {
  await site.world.openai.push(saying('Water turns the wheel.'), answer(text(made), finish(), done()));
  const ui = await site.open();
  const list = new UiList(ui);
  await ui.choose('custom');
  await ui.ask('What does a mill do?');
  await ui.shows(ui.answerText, 'Water turns the wheel.');
  await list.shows('How a mill works');
  await ui.page.getByRole('heading', { name: 'How a mill works' }).waitFor();
  await ui.until(`document.title === 'How a mill works · Millrace'`);
});

test('[UI-15] a title that was made later comes with the next answer', async () => {
  await site.world.openai.push(
    saying('Water turns the wheel.'),
    answer(gate('title'), text(made), finish(), done()),
  );
  const ui = await site.open({ expectedErrors: /ERR_FAILED/ });
  await ui.choose('custom');
  await ui.ask('What does a mill do?');
  await ui.shows(ui.answerText, 'Water turns the wheel.');
  await ui.idle();
  await ui.page.getByRole('heading', { name: 'What does a mill do?' }).waitFor();
  // From here on the list says nothing new.
  await ui.page.route('**/api/chat/conversations?*', (route) => route.abort());
  await site.world.openai.release('title');
  const id = new URL(ui.page.url()).pathname.slice('/c/'.length);
  for (;;) {
    const { body: detail } = await site.world.get(`/api/chat/conversations/${id}`);
    if (detail['title'] === 'How a mill works') break;
    await ui.page.waitForTimeout(20);
  }
  await site.world.openai.push(answer(text('More.'), gate(), finish(), done()));
  await ui.ask('And more?');
  await ui.shows(ui.answerText, 'More.');
  await ui.page.getByRole('heading', { name: 'How a mill works' }).waitFor();
  await site.world.openai.release();
  await ui.idle();
});
