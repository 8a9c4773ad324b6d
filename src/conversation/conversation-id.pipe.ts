import { Injectable, type PipeTransform } from '@nestjs/common';
import { MillraceError } from '../protocol/error-code.js';
import { conversationId } from '../protocol/requests.js';

/** The id of a path. What can be no conversation's id is not found, and never asked of the database. */
@Injectable()
export class ConversationIdPipe implements PipeTransform<string, string> {
  transform(id: string): string {
    if (!conversationId.safeParse(id).success) throw conversationNotFound(id);
    return id;
  }
}

/** `but` is what else the seed says of a change that found nothing. */
export function conversationNotFound(id: string, but = ''): MillraceError {
  return new MillraceError('conversation_not_found', { detail: `找不到对话 '${id}'${but}` });
}
