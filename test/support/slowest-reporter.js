/** Prints the slowest ten tests after a run, so that a slow one is seen when it comes. */
export default class SlowestReporter {
  onRunComplete(_contexts, results) {
    const tests = results.testResults.flatMap((file) =>
      file.testResults.map((test) => ({ ms: test.duration ?? 0, name: test.fullName })),
    );
    const slowest = tests.sort((a, b) => b.ms - a.ms).slice(0, 10);
    console.log(
      `\nSlowest tests:\n${slowest.map((test) => `  ${String(test.ms).padStart(6)} ms  ${test.name}`).join('\n')}`,
    );
  }
}
