import fc from 'fast-check';

/**
 * A property that has found a counterexample makes it smaller for as long as it finds one, and one that waits for nothing but promises
 * keeps Jest's own clock from going: what failed once in many runs then hangs for hours. After this time the smallest so far is reported. It
 * is longer than any test may take, so it ends nothing that passes.
 */
fc.configureGlobal({ interruptAfterTimeLimit: 130_000, markInterruptAsFailure: true });
