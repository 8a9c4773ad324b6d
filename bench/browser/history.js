import { startMillrace } from '../lib/processes.js';
import { withPage } from './chromium.js';
import { median } from '../lib/rounds.js';

const MESSAGES = 1000;
const QUESTION = 'How does a water wheel turn?';
const ANSWER =
  'A **water wheel** turns because water falls:\n\n1. the *race* brings it,\n2. the buckets take it.\n\n```ts\nconst power = flow * head * 9.81;\n```\n\nSee [the mill](https://example.com).';

/** Opens a conversation of 1,000 messages in the UI by a click in the list: milliseconds until its last message is painted. */
export async function history({ browser, rounds, say, targets }) {
  const server = await startMillrace({ CHAT_TITLES: 'off' });
  try {
    const id = await store(server.url);
    const times = [];
    for (let round = 0; round < rounds; round += 1)
      times.push(await withPage(browser, server.url, (tab) => open(tab, id)));
    say(`\n### Opening a conversation of ${MESSAGES} messages\n`);
    say(`${median(times).toFixed(0)} ms from the click to the paint of its last message.`);
    targets.atMost(`opening ${MESSAGES} messages`, median(times), 200, 'ms to paint');
  } finally {
    server.child.kill();
  }
}

async function open(tab, id) {
  await tab.locator(`a[href="/c/${id}"]`).waitFor();
  return tab.evaluate(
    ([href, last]) =>
      new Promise((resolve) => {
        const start = performance.now();
        const look = () => {
          const shown = document.querySelector('main')?.innerText.includes(last);
          if (shown) setTimeout(() => resolve(performance.now() - start));
          else requestAnimationFrame(look);
        };
        document.querySelector(`a[href="${href}"]`).click();
        requestAnimationFrame(look);
      }),
    [`/c/${id}`, `answer ${MESSAGES / 2 - 1}`],
  );
}

async function store(url) {
  const at = new Date().toISOString();
  const rounds = Array.from({ length: MESSAGES / 2 }, (_, index) => ({
    created_at: at,
    model: 'demo',
    state: 'completed',
    messages: [
      { role: 'user', content: `${QUESTION} (${index})` },
      { role: 'assistant', content: `${ANSWER}\n\nThis was answer ${index}` },
    ],
  }));
  const conversation = {
    title: 'Long',
    type: 'chat',
    status: 'active',
    tags: [],
    created_at: at,
    updated_at: at,
    prompt_tokens: 1,
    completion_tokens: 2,
  };
  const response = await fetch(`${url}/api/chat/conversations/import`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ format: 'millrace.conversation', version: 1, conversation, rounds }),
  });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return (await response.json()).conversation_id;
}
