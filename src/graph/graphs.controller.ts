import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { CurrentOwner, type Owner } from '../auth/owner.js';
import { MillraceError } from '../protocol/error-code.js';
import { graphConfig, graphName, type GraphConfig } from '../protocol/graph.js';
import { asProblemEntry, GraphService } from './graph.service.js';
import { GraphStore } from './graph.store.js';
import { GraphNamePipe } from './graph-name.pipe.js';

/** The seed's routes for graphs (contract §4.1). */
@Controller('api/graphs')
export class GraphsController {
  constructor(
    private readonly graphs: GraphService,
    private readonly store: GraphStore,
  ) {}

  @Get()
  list(@CurrentOwner() owner: Owner): Promise<string[]> {
    return this.store.names(owner);
  }

  @Get(':name')
  async find(@CurrentOwner() owner: Owner, @Param('name', GraphNamePipe) name: string): Promise<GraphConfig> {
    return (await this.graphs.find(owner, name)).config;
  }

  /** Makes a graph, or a new version of the one that has its name. */
  @Post()
  @HttpCode(200)
  async save(@CurrentOwner() owner: Owner, @Body({ schema: graphConfig }) config: GraphConfig) {
    await this.graphs.save(owner, [{ config }], true);
    return success(`图 '${config.name}' 保存成功`);
  }

  @Post('validate')
  @HttpCode(200)
  async validate(@CurrentOwner() owner: Owner, @Body({ schema: graphConfig }) config: GraphConfig) {
    const faults = await this.graphs.faults(owner, [config]);
    return { valid: faults.length === 0, errors: faults.map(asProblemEntry) };
  }

  @Delete(':name')
  async remove(@CurrentOwner() owner: Owner, @Param('name', GraphNamePipe) name: string) {
    await this.store.remove(owner, name);
    return success(`图 '${name}' 删除成功`);
  }

  @Put(':name/rename/:to')
  async rename(
    @CurrentOwner() owner: Owner,
    @Param('name', GraphNamePipe) name: string,
    @Param('to') to: string,
  ) {
    const parsed = graphName.safeParse(to);
    if (!parsed.success)
      throw new MillraceError('invalid_parameter', { detail: parsed.error.issues[0]!.message });
    await this.store.rename(owner, name, to, Date.now());
    return success(`图 '${name}' 已重命名为 '${to}'`);
  }
}

export function success(message: string) {
  return { status: 'success' as const, message };
}
