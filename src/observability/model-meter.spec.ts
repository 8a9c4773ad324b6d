import { modelCalls, modelCallSeconds, modelFirstChunkSeconds, modelRetries, registry } from './metrics.js';
import { ModelMeter } from './model-meter.js';

test('ModelMeter counts a call, its retries, its outcome and its times', async () => {
  registry.resetMetrics();
  const meter = new ModelMeter('m');
  expect((await modelCalls.get()).values).toEqual([]);
  meter.retrying();
  meter.answering();
  meter.ended('upstream_cut');
  expect((await modelRetries.get()).values).toEqual([{ labels: { model: 'm' }, value: 1 }]);
  expect((await modelCalls.get()).values).toEqual([
    { labels: { model: 'm', outcome: 'upstream_cut' }, value: 1 },
  ]);
  for (const histogram of [modelFirstChunkSeconds, modelCallSeconds]) {
    const { values } = await histogram.get();
    expect(values.find(({ metricName }) => metricName?.endsWith('_count'))?.value).toBe(1);
  }
});
