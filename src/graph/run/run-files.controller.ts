import { Controller, Get, Param, Res } from '@nestjs/common';
import type { Response } from 'express';
import { CurrentOwner, type Owner } from '../../auth/owner.js';
import { encodedFileName } from '../../http/file-name.js';
import { MillraceError } from '../../protocol/error-code.js';
import { RunService } from '../../run/run.service.js';
import { GraphRunStore } from './graph-run.store.js';

/** The outputs of nodes that are kept as files (`save`). */
@Controller('api/runs')
export class RunFilesController {
  constructor(
    private readonly runs: RunService,
    private readonly store: GraphRunStore,
  ) {}

  @Get(':id/files')
  async list(@CurrentOwner() owner: Owner, @Param('id') id: string) {
    const { run_id } = await this.runs.view(owner, id);
    return { run_id, files: await this.store.files(owner, run_id) };
  }

  /** As an attachment of plain text, whatever its name says it is: no page of ours shows what a model wrote as a page. */
  @Get(':id/files/:name')
  async file(
    @CurrentOwner() owner: Owner,
    @Param('id') id: string,
    @Param('name') name: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<string> {
    const { run_id } = await this.runs.view(owner, id);
    const text = await this.store.file(owner, run_id, name);
    if (text === undefined) throw new MillraceError('file_not_found');
    response.setHeader('content-disposition', `attachment; filename*=UTF-8''${encodedFileName(name)}`);
    response.setHeader('content-type', 'text/plain; charset=utf-8');
    return text;
  }
}
