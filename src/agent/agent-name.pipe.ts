import { Injectable, type PipeTransform } from '@nestjs/common';
import { agentName } from '../protocol/agent.js';
import { agentNotFound } from './agent.store.js';

/** The name of a path. What can be no agent's name is not found, and never asked of the database. */
@Injectable()
export class AgentNamePipe implements PipeTransform<string, string> {
  transform(name: string): string {
    if (!agentName.safeParse(name).success) throw agentNotFound(name.toWellFormed());
    return name;
  }
}
