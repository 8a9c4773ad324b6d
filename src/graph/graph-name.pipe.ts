import { Injectable, type PipeTransform } from '@nestjs/common';
import { graphName } from '../protocol/graph.js';
import { graphNotFound } from './graph-rows.js';

/** The name of a path. What can be no graph's name is not found, and never asked of the database. */
@Injectable()
export class GraphNamePipe implements PipeTransform<string, string> {
  transform(name: string): string {
    if (!graphName.safeParse(name).success) throw graphNotFound(name.toWellFormed());
    return name;
  }
}
