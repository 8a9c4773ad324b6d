import { ageOf, formatWhen, type Age } from '../i18n/format.js';
import { t } from '../i18n/locale.js';
import type { ConversationItem } from '../state/catalog.js';
import { pathOf } from '../state/router.js';
import { useApp } from './app-context.js';
import { Failure, Loading } from './states.js';

export function ConversationList({ onOpen }: { onOpen: () => void }) {
  const { conversations } = useApp();
  const state = conversations.state.value;
  switch (state.kind) {
    case 'loading':
      return <Loading text={t('loading')} />;
    case 'failed':
      return (
        <Failure
          title={t('conversationsFailed')}
          problem={state.problem}
          retry={() => void conversations.load()}
        />
      );
    case 'ready':
      if (state.data.length === 0) return <p class="state-note muted">{t('conversationsEmpty')}</p>;
      return (
        <>
          {byAge(state.data).map(({ age, items }) => (
            <section key={age} class="conversation-group" aria-label={t(age)}>
              <h2>{t(age)}</h2>
              <ul>
                {items.map((item) => (
                  <ConversationLink key={item.id} item={item} onOpen={onOpen} />
                ))}
              </ul>
            </section>
          ))}
        </>
      );
  }
}

function ConversationLink({ item, onOpen }: { item: ConversationItem; onOpen: () => void }) {
  const { router } = useApp();
  const current = router.conversationId.value === item.id;
  const title = item.title === '' ? t('untitled') : item.title;
  return (
    <li>
      <a
        class="conversation-link"
        href={pathOf(item.id)}
        title={title}
        aria-current={current ? 'page' : undefined}
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
          event.preventDefault();
          router.open(item.id);
          onOpen();
        }}
      >
        <span class="conversation-title">{title}</span>
        <time>{formatWhen(item.updatedAt)}</time>
      </a>
    </li>
  );
}

function byAge(items: readonly ConversationItem[]): { age: Age; items: ConversationItem[] }[] {
  const groups = new Map<Age, ConversationItem[]>();
  for (const item of items) {
    const age = ageOf(item.updatedAt);
    groups.set(age, [...(groups.get(age) ?? []), item]);
  }
  return [...groups].map(([age, members]) => ({ age, items: members }));
}
