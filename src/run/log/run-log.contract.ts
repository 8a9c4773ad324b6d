import { describeAppending } from './contract/appending.js';
import { describeCursors } from './contract/cursors.js';
import { describeEpochs } from './contract/epochs.js';
import { describeHandOver } from './contract/hand-over.js';
import type { ContractOptions, CreateLog, LogUnderTest } from './contract/log-under-test.js';
import { describeMerging } from './contract/merging.js';
import { describeModel } from './contract/model.js';
import { describeTrimming } from './contract/trimming.js';
import { describeWatching } from './contract/watching.js';

export type { ContractOptions, CreateLog, LogUnderTest } from './contract/log-under-test.js';

/**
 * What every implementation of `RunLog` promises (the port, and design, section 5). Call it in a spec file; `createLog` is called
 * before each test and what it gives is disposed of after it.
 */
export function describeRunLog(name: string, createLog: CreateLog, options: ContractOptions = {}): void {
  describe(`[LOG-01] ${name} keeps the contract of RunLog`, () => {
    let current: LogUnderTest;
    beforeEach(async () => {
      current = await createLog();
    });
    afterEach(() => current.dispose());

    const subject = { log: () => current, propertyRuns: options.propertyRuns ?? 100 };
    describeAppending(subject);
    describeEpochs(subject);
    describeCursors(subject);
    describeMerging(subject);
    describeWatching(subject);
    describeTrimming(subject);
    describeHandOver(subject);
    describeModel(subject);
  });
}
