import { Body, Controller, Get, Header, HttpCode, Param, Post, Put, Res } from '@nestjs/common';
import type { Response } from 'express';
import { CurrentOwner, type Owner } from '../auth/owner.js';
import { encodedFileName } from '../http/file-name.js';
import { MillraceError } from '../protocol/error-code.js';
import type { GraphConfig } from '../protocol/graph.js';
import {
  archiveOf,
  graphArchive,
  readmeRequest,
  type GraphArchive,
  type ReadmeRequest,
} from './graph-archive.js';
import { GraphNamePipe } from './graph-name.pipe.js';
import { graphNotFound } from './graph-rows.js';
import { GraphService } from './graph.service.js';
import { GraphStore } from './graph.store.js';
import { success } from './graphs.controller.js';
import { mermaidOf } from './mermaid.js';

/** What there is of a graph besides its configuration: its readme, picture, versions, and the document to take elsewhere. */
@Controller('api/graphs')
export class GraphDocumentsController {
  constructor(
    private readonly graphs: GraphService,
    private readonly store: GraphStore,
  ) {}

  @Get(':name/readme')
  async readme(@CurrentOwner() owner: Owner, @Param('name', GraphNamePipe) name: string) {
    const { config, readme: text } = await this.graphs.find(owner, name);
    return { name, config, readme: text };
  }

  @Put(':name/readme')
  async setReadme(
    @CurrentOwner() owner: Owner,
    @Param('name', GraphNamePipe) name: string,
    @Body({ schema: readmeRequest }) { readme: text }: ReadmeRequest,
  ) {
    await this.store.setReadme(owner, name, text, Date.now());
    return success(`图 '${name}' 的说明已保存`);
  }

  @Get(':name/mermaid')
  @Header('content-type', 'text/plain; charset=utf-8')
  async mermaid(@CurrentOwner() owner: Owner, @Param('name', GraphNamePipe) name: string): Promise<string> {
    return mermaidOf((await this.graphs.find(owner, name)).config);
  }

  @Get(':name/versions')
  async versions(@CurrentOwner() owner: Owner, @Param('name', GraphNamePipe) name: string) {
    const versions = await this.store.versions(owner, name);
    if (versions.length === 0) throw graphNotFound(name);
    return { name, versions };
  }

  @Get(':name/versions/:version')
  async version(
    @CurrentOwner() owner: Owner,
    @Param('name', GraphNamePipe) name: string,
    @Param('version') version: string,
  ): Promise<GraphConfig> {
    const config = /^[1-9]\d{0,8}$/.test(version)
      ? await this.store.version(owner, name, Number(version))
      : undefined;
    if (!config)
      throw new MillraceError('graph_not_found', {
        detail: `找不到图 '${name}' 的版本 ${version.toWellFormed()}`,
      });
    return config;
  }

  @Get(':name/export')
  async export(
    @CurrentOwner() owner: Owner,
    @Param('name', GraphNamePipe) name: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<string> {
    const { config, readme: text } = await this.graphs.find(owner, name);
    const document = archiveOf(config, await this.store.withSubgraphs(owner, [name]), text);
    response.setHeader('content-disposition', `attachment; filename*=UTF-8''${encodedFileName(name)}.json`);
    response.setHeader('content-type', 'application/json; charset=utf-8');
    return JSON.stringify(document, null, 2);
  }

  @Post('import')
  @HttpCode(201)
  async import(@CurrentOwner() owner: Owner, @Body({ schema: graphArchive }) document: GraphArchive) {
    const { graph, subgraphs, readme: text, overwrite = false } = document;
    const parts = subgraphs.map((config) => ({ config }));
    await this.graphs.save(owner, [...parts, { config: graph, readme: text }], overwrite);
    return { ...success(`图 '${graph.name}' 导入成功`), name: graph.name };
  }
}
