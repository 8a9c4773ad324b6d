import { Body, Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import type { Response } from 'express';
import { CurrentOwner, type Owner } from '../../auth/owner.js';
import { MillraceError } from '../../protocol/error-code.js';
import { ConversationIdPipe } from '../conversation-id.pipe.js';
import { archive, type Archive } from './archive.js';
import { ConversationExport } from './conversation-export.js';
import { ConversationImport } from './conversation-import.js';
import { exportMarkdown } from './export-markdown.js';

/** Conversations as files. */
@Controller('api/chat/conversations')
export class TransferController {
  constructor(
    private readonly exporter: ConversationExport,
    private readonly importer: ConversationImport,
  ) {}

  /** `format` is `json` (the default), which can be imported again, or `markdown`. */
  @Get(':id/export')
  async export(
    @CurrentOwner() owner: Owner,
    @Param('id', ConversationIdPipe) id: string,
    @Query('format') format: unknown,
    @Res({ passthrough: true }) response: Response,
  ): Promise<string> {
    const asMarkdown = format === 'markdown';
    if (!asMarkdown && format !== 'json' && format !== undefined)
      throw new MillraceError('invalid_parameter', { detail: 'format must be json or markdown.' });
    const document = await this.exporter.archive(owner, id);
    const name = `conversation-${id.replaceAll(':', '_')}.${asMarkdown ? 'md' : 'json'}`;
    response.setHeader('content-disposition', `attachment; filename="${name}"`);
    response.setHeader(
      'content-type',
      asMarkdown ? 'text/markdown; charset=utf-8' : 'application/json; charset=utf-8',
    );
    return asMarkdown ? exportMarkdown(document) : JSON.stringify(document, null, 2);
  }

  @Post('import')
  async import(@CurrentOwner() owner: Owner, @Body({ schema: archive }) document: Archive) {
    const id = await this.importer.import(owner, document);
    const { title } = document.conversation;
    return { status: 'success', _id: id, conversation_id: id, title, round_count: document.rounds.length };
  }
}
