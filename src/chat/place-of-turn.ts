import type { ConversationPlace, RunProgram } from '../run/run-program.js';
import { provisionalTitle } from './provisional-title.js';

/** What a request says of its place, in the fields of `turnFields` (protocol/requests.ts). */
interface TurnRequest {
  conversation_id?: string | null;
  after_run_id?: ConversationPlace['afterRunId'];
  on_busy: ConversationPlace['onBusy'];
  on_disconnect?: RunProgram['onDisconnect'];
}

/**
 * The place of a turn in its conversation, which is called after the prompt where it is new, and what happens when its readers leave.
 * Without a conversation it is temporary, and ends with its readers.
 */
export function placeOfTurn(
  type: ConversationPlace['type'],
  { conversation_id: id, after_run_id, on_busy, on_disconnect }: TurnRequest,
  prompt: string,
): Pick<RunProgram, 'conversation' | 'onDisconnect'> {
  if (id === undefined || id === null) return { onDisconnect: on_disconnect ?? 'cancel' };
  return {
    conversation: { id, type, title: provisionalTitle(prompt), afterRunId: after_run_id, onBusy: on_busy },
    onDisconnect: on_disconnect ?? 'continue',
  };
}
