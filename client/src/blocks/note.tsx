import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from '../components/icons.js';

export function Note(props: {
  kind: 'error' | 'warning' | 'plain';
  icon: IconName;
  title: string;
  code?: string;
  children?: ComponentChildren;
}) {
  return (
    <section class={`block note note-${props.kind}`}>
      <p class="note-title">
        <Icon name={props.icon} /> <span>{props.title}</span>
        {props.code !== undefined && <code class="note-code">{props.code}</code>}
      </p>
      {props.children}
    </section>
  );
}

export function NoteButton(props: { icon: IconName; label: string; disabled: boolean; onClick: () => void }) {
  return (
    <button type="button" class="button" disabled={props.disabled} onClick={props.onClick}>
      <Icon name={props.icon} /> {props.label}
    </button>
  );
}
