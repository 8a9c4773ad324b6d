import { isDeepStrictEqual } from 'node:util';
import { readFile } from 'node:fs/promises';
import { scripts } from '../support/scripted-openai/index.js';
import { clear, store, UiList } from '../support/ui-list.js';
import type { UiOptions, UiPage } from '../support/ui-page.js';
import { UiWorld } from '../support/ui-world.js';

const { answer, done, finish, gate, text, usage } = scripts;

const site = UiWorld.use();
afterEach(() => clear(site.world));

async function open(options: UiOptions = {}, path = '/'): Promise<{ ui: UiPage; list: UiList }> {
  const ui = await site.open(options, path);
  return { ui, list: new UiList(ui) };
}

/** Resolves when the server lists it so: the page shows a change before it is stored. */
async function stored(id: string, facts: Record<string, unknown>): Promise<void> {
  for (;;) {
    const item = await listed(id);
    if (item && Object.entries(facts).every(([key, value]) => isDeepStrictEqual(item[key], value))) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function listed(id: string): Promise<Record<string, unknown> | undefined> {
  const { body } = await site.world.get('/api/chat/conversations');
  return (body['conversations'] as Record<string, unknown>[]).find(({ _id }) => _id === id);
}

describe('[UI-10] the list of conversations', () => {
  it('shows favourites first, the others by their age, and loads more at its end', async () => {
    for (let index = 0; index < 50; index += 1) {
      await store(site.world, { title: `Old ${index}`, age: 30 + index });
    }
    await store(site.world, { title: 'Today’s' });
    await store(site.world, { title: 'Liked', status: 'favorite', age: 100 });
    await store(site.world, { title: 'Gone', status: 'deleted' });
    const { ui, list } = await open();
    await list.group('Favourites').getByText('Liked').waitFor();
    await list.group('Today').getByText('Today’s').waitFor();
    expect(await list.titles.count()).toBe(41);
    await ui.shot('list');
    await list.link('Old 30').scrollIntoViewIfNeeded();
    await list.nav.hover();
    await ui.page.mouse.wheel(0, 5_000);
    await list.link('Old 49').waitFor();
    expect(await list.titles.count()).toBe(52);
    expect(await list.link('Gone').count()).toBe(0);
  });

  it('finds by title, tag and message, says when there is nothing, and is used by the keyboard', async () => {
    await store(site.world, { title: 'A mill', answer: 'Water turns the wheel.' });
    await store(site.world, { title: 'Tagged', tags: ['mill'], age: 1 });
    await store(site.world, { title: 'Asked', question: 'What is a MILL?', age: 2 });
    await store(site.world, { title: 'Other', age: 3 });
    const { ui, list } = await open();
    await list.shows('A mill', 'Tagged', 'Asked', 'Other');
    await ui.page.keyboard.press('Control+k');
    await ui.until("document.activeElement.type === 'search'");
    await ui.page.keyboard.type('mill');
    await list.shows('A mill', 'Tagged', 'Asked');
    await list.nav.getByText('#mill').waitFor();
    await ui.page.getByText('Conversations found: 3').waitFor();
    await ui.shot('list-search');
    await ui.page.keyboard.press('ArrowDown');
    await ui.page.keyboard.press('ArrowDown');
    await ui.page.keyboard.press('Enter');
    await ui.page.getByRole('heading', { name: 'Tagged' }).waitFor();
    await list.search.fill('no such word');
    await ui.page.getByText('Nothing found for “no such word”.').waitFor();
    await ui.shot('list-nothing');
    await ui.button('Clear search').last().click();
    await list.shows('A mill', 'Tagged', 'Asked', 'Other');
    expect(await list.search.evaluate('document.activeElement.type')).toBe('search');
    await ui.page.keyboard.type('wheel');
    await list.shows('A mill');
    await ui.page.keyboard.press('Escape');
    expect(await list.search.inputValue()).toBe('');
    await list.shows('A mill', 'Tagged', 'Asked', 'Other');
  });

  it('does not search for what an input method has not finished', async () => {
    await store(site.world, { title: '水车' });
    await store(site.world, { title: 'Other', age: 1 });
    const { ui, list } = await open();
    await list.shows('水车', 'Other');
    const asked: string[] = [];
    ui.page.on('request', (request) => {
      const query = new URL(request.url()).searchParams.get('q');
      if (query !== null) asked.push(query);
    });
    await list.search.focus();
    const cdp = await ui.cdp();
    await cdp.send('Input.imeSetComposition', { text: 'shui che', selectionStart: 8, selectionEnd: 8 });
    // Longer than the search waits for more.
    await ui.page.waitForTimeout(400);
    await cdp.send('Input.insertText', { text: '水车' });
    await list.shows('水车');
    expect([...new Set(asked)]).toEqual(['水车']);
  });

  it('says when it cannot be loaded, and tries again', async () => {
    await store(site.world, { title: 'Here' });
    const { ui, list } = await open({ expectedErrors: /status of 503/ });
    await list.shows('Here');
    const refuse = '**/api/chat/conversations?*';
    await ui.page.route(refuse, (route) =>
      route.fulfill({ status: 503, json: { code: 'internal', detail: 'Not now.', retryable: true } }),
    );
    await list.search.fill('Here');
    await list.alert.getByText('Not now.').waitFor();
    await ui.shot('list-failed');
    await ui.page.unroute(refuse);
    await ui.button('Try again').click();
    await list.shows('Here');
  });

  it('marks what answers while the reader is elsewhere, and what has answered', async () => {
    const { ui, list } = await open();
    await ui.choose('slow');
    await ui.ask('Count');
    await site.world.openai.release();
    await ui.shows(ui.answerText, 'one');
    await list.nav.getByRole('img', { name: 'is answering' }).waitFor();
    await ui.page.getByRole('link', { name: 'New chat' }).click();
    await list.nav.getByRole('img', { name: 'is answering' }).waitFor();
    await site.world.openai.release('gate', 3);
    await list.nav.getByRole('img', { name: 'has a new answer' }).waitFor();
    await list.link('Count').click();
    await ui.shows(ui.answerText, 'one two three');
    expect(await list.nav.getByRole('img').count()).toBe(0);
  });

  it('is not touched while an answer is being written', async () => {
    const pieces = Array.from({ length: 200 }, (_, index) => text(`word ${index} `)).flat();
    await site.world.openai.push(answer(text('Begin. '), gate(), pieces, gate(), finish(), usage(), done()));
    const { ui, list } = await open();
    await ui.ask('Write');
    await ui.shows(ui.answerText, 'Begin.');
    await list.shows('Write');
    await ui.page.evaluate(`
      window.touched = 0;
      new MutationObserver((all) => (window.touched += all.length)).observe(document.querySelector('aside'), {
        subtree: true, childList: true, attributes: true, characterData: true,
      })`);
    await site.world.openai.release();
    await ui.page.getByText('word 199').waitFor();
    expect(await ui.page.evaluate('window.touched')).toBe(0);
    await site.world.openai.release();
    await ui.idle();
  });
});

describe('[UI-10] the menu of a conversation', () => {
  it('renames in place: Enter and leaving the box save, Escape does not', async () => {
    const id = await store(site.world, { title: 'Before' });
    const { ui, list } = await open({}, `/c/${id}`);
    await list.choose('Before', 'Rename');
    const box = ui.page.getByRole('textbox', { name: 'Title' });
    await ui.until(`document.activeElement.value === 'Before'`);
    await ui.page.keyboard.type('Not this');
    await ui.page.keyboard.press('Escape');
    await list.shows('Before');
    await ui.until(`document.activeElement.matches('.conversation-link')`);
    await list.choose('Before', 'Rename');
    await box.fill('After');
    await ui.shot('list-rename');
    await box.press('Enter');
    await list.shows('After');
    await ui.page.getByRole('heading', { name: 'After' }).waitFor();
    expect(await ui.page.title()).toBe('After · Millrace');
    await ui.page.getByRole('heading', { name: 'After' }).getByRole('button').click();
    await box.fill('By the top bar');
    await ui.box.focus();
    await list.shows('By the top bar');
    await ui.until(`document.title === 'By the top bar · Millrace'`);
    await stored(id, { title: 'By the top bar' });
  });

  it('shows the old title again when the new one could not be saved, and says so', async () => {
    const id = await store(site.world, { title: 'Before' });
    const { ui, list } = await open({ expectedErrors: /status of 500/ }, `/c/${id}`);
    await ui.page.route('**/title', (route) =>
      route.fulfill({ status: 500, json: { code: 'internal', detail: 'No room.' } }),
    );
    await list.choose('Before', 'Rename');
    await ui.page.getByRole('textbox', { name: 'Title' }).fill('After');
    await ui.page.keyboard.press('Enter');
    await list.alert.getByText('The change could not be saved. No room.').waitFor();
    await list.shows('Before');
    await ui.page.getByRole('heading', { name: 'Before' }).waitFor();
  });

  it('makes favourites, from the list and from the top bar', async () => {
    const id = await store(site.world, { title: 'One' });
    await store(site.world, { title: 'Two', age: 1 });
    const { ui, list } = await open({}, `/c/${id}`);
    await list.choose('Two', 'Add to favourites');
    await list.group('Favourites').getByText('Two').waitFor();
    await ui.button('Add to favourites').click();
    await list.group('Favourites').getByText('One').waitFor();
    expect(await ui.button('Add to favourites').getAttribute('aria-pressed')).toBe('true');
    await list.filter('Favourites');
    await list.shows('One', 'Two');
    await ui.page.reload();
    await list.group('Favourites').getByText('Two').waitFor();
    await list.choose('Two', 'Remove from favourites');
    await list.group('Yesterday').getByText('Two').waitFor();
  });

  it('edits tags, with commas of both scripts', async () => {
    const id = await store(site.world, { title: 'One', tags: ['old'] });
    const { ui, list } = await open();
    await list.choose('One', 'Edit tags…');
    const dialog = ui.page.getByRole('dialog', { name: 'Tags' });
    await dialog.getByRole('textbox').pressSequentially('水车，mill, old,third');
    await dialog.getByRole('button', { name: 'Remove the tag old' }).click();
    await ui.shot('list-tags');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await ui.until('!document.querySelector("dialog[open]")');
    await ui.until(`document.querySelector('.conversation-link').title === 'One\\n#水车 #mill #third'`);
    await stored(id, { tags: ['水车', 'mill', 'third'] });
  });

  it('removes, takes back, and deletes for ever after a question', async () => {
    const id = await store(site.world, { title: 'One' });
    await store(site.world, { title: 'Two', age: 1 });
    const { ui, list } = await open({}, `/c/${id}`);
    await list.choose('One', 'Remove');
    await list.shows('Two');
    await ui.page.getByRole('heading', { name: 'What shall we work on?' }).waitFor();
    await ui.button('Undo').click();
    await list.shows('One', 'Two');
    await list.choose('One', 'Remove');
    await list.filter('Removed');
    await list.shows('One');
    await list.link('One').click();
    await ui.page.getByText('This conversation is among the removed ones.').waitFor();
    await ui.shot('list-removed');
    await list.choose('One', 'Restore');
    await list.nav.getByText('Nothing has been removed.').waitFor();
    expect(await ui.page.getByText('among the removed ones').count()).toBe(0);
    await list.filter('All');
    await list.choose('One', 'Remove');
    await list.filter('Removed');
    await list.choose('One', 'Delete forever…');
    const dialog = ui.page.getByRole('dialog', { name: 'Delete “One” forever?' });
    await ui.shot('list-erase');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    expect(await listed(id)).toBeDefined();
    await list.choose('One', 'Delete forever…');
    await dialog.getByRole('button', { name: 'Delete forever' }).click();
    await list.nav.getByText('Nothing has been removed.').waitFor();
    expect(await listed(id)).toBeUndefined();
  });

  it('exports files that are called as the conversation is, and imports them again', async () => {
    await store(site.world, { title: '水车: how/why?', answer: 'Water **turns**.' });
    const { ui, list } = await open({ expectedErrors: /status of 422/ });
    const save = async (item: string): Promise<{ name: string; content: string; path: string }> => {
      const [download] = await Promise.all([
        ui.page.waitForEvent('download'),
        list.choose('水车: how/why?', item),
      ]);
      const path = await download.path();
      return { name: download.suggestedFilename(), content: await readFile(path, 'utf8'), path };
    };
    const markdown = await save('Export as Markdown');
    expect(markdown.name).toBe('水车 how why.md');
    expect(markdown.content).toContain('Water **turns**.');
    const json = await save('Export as JSON');
    expect(json.name).toBe('水车 how why.json');
    await ui.button('Settings').click();
    const file = ui.page.locator('input[type=file]');
    await file.setInputFiles(markdown.path);
    await list.alert.getByText('The file is not an exported conversation.').waitFor();
    await file.setInputFiles({
      name: 'a.json',
      mimeType: 'application/json',
      buffer: Buffer.from('{"format":"millrace.conversation"}'),
    });
    await list.alert.getByText(/^The conversation could not be imported\. ./).waitFor();
    await file.setInputFiles({
      name: 'b.json',
      mimeType: 'application/json',
      buffer: Buffer.from(json.content),
    });
    await ui.shows(ui.answerText, 'Water turns.');
    await list.shows('水车: how/why?', '水车: how/why?');
  });

  it('is used by the keyboard, and gives the focus back', async () => {
    await store(site.world, { title: 'One' });
    await store(site.world, { title: 'Three', age: 3 });
    await store(site.world, { title: 'Two', age: 1 });
    const { ui, list } = await open();
    await list.link('One').focus();
    await ui.page.keyboard.press('ArrowDown');
    await ui.page.keyboard.press('Tab');
    await ui.page.keyboard.press('Enter');
    const focused = 'document.activeElement.innerText.trim()';
    await ui.until(`${focused} === 'Rename'`);
    await ui.page.keyboard.press('ArrowUp');
    await ui.until(`${focused} === 'Remove'`);
    await ui.page.keyboard.press('e');
    await ui.until(`${focused} === 'Edit tags…'`);
    await ui.page.keyboard.press('Escape');
    await ui.until(`document.activeElement.ariaLabel === 'Options for “Two”'`);
    await ui.until("document.querySelector(':popover-open') === null");
    await ui.page.keyboard.press('Enter');
    await ui.until(`${focused} === 'Rename'`);
    await ui.page.keyboard.press('ArrowDown');
    await ui.page.keyboard.press('Enter');
    await list.group('Favourites').getByText('Two').waitFor();
    await ui.until(`document.activeElement.innerText.startsWith('Two')`);
    await ui.page.keyboard.press('ArrowDown');
    await ui.page.keyboard.press('Tab');
    await ui.page.keyboard.press('Enter');
    await ui.until(`${focused} === 'Rename'`);
    await ui.page.keyboard.press('End');
    await ui.page.keyboard.press('Enter');
    await list.shows('Two', 'Three');
    await ui.until(`document.activeElement.innerText.startsWith('Three')`);
  });

  it('works in the drawer of a phone, with what can be undone', async () => {
    await store(site.world, {
      title: 'A title that is much too long for the drawer of any phone, however it is held',
    });
    await store(site.world, { title: 'Two', age: 1 });
    const { ui, list } = await open({
      viewport: { width: 390, height: 844 },
      isMobile: true,
      hasTouch: true,
      colorScheme: 'dark',
    });
    await ui.button('Show sidebar').click();
    await ui.button('Options for “Two”').tap();
    await ui.page.getByRole('menuitem', { name: 'Remove' }).tap();
    await ui.page.getByRole('dialog').getByRole('button', { name: 'Undo' }).tap();
    await list.link('Two').waitFor();
    await ui.shot('list-phone');
    expect(await ui.page.evaluate('document.documentElement.scrollWidth')).toBe(390);
  });
});
