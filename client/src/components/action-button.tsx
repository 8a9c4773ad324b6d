import { useApp } from './app-context.js';
import { Icon, type IconName } from './icons.js';

/**
 * A button with an icon. When it cannot be used now it stays where it is and keeps the focus, and says why: in its title, and when it
 * is pressed, because a finger sees no title.
 */
export function ActionButton(props: {
  icon: IconName;
  label: string;
  disabled?: boolean;
  /** Why it is disabled. */
  reason?: string;
  onClick: () => void;
}) {
  const { notices } = useApp();
  const { label, disabled = false, reason = '' } = props;
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={label}
      title={disabled && reason !== '' ? reason : label}
      aria-disabled={disabled}
      onClick={() => {
        if (!disabled) props.onClick();
        else if (reason !== '') notices.tell(reason);
      }}
    >
      <Icon name={props.icon} />
    </button>
  );
}
