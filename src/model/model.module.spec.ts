import 'reflect-metadata';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { INestApplication } from '@nestjs/common';
import { Global, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { CONFIG, readConfig } from '../config/config.js';
import { MODEL_CLIENT } from './model-client.js';
import { ModelModule } from './model.module.js';
import { LazyModelClient } from './lazy-model-client.js';

const directory = mkdtempSync(join(tmpdir(), 'model-module-'));
const file = join(directory, 'models.json');

@Global()
@Module({
  providers: [{ provide: CONFIG, useValue: readConfig({ MODELS_FILE: file }) }],
  exports: [CONFIG],
})
class ConfigModule {}

const slashed = {
  name: 'org/big model',
  base_url: 'http://127.0.0.1:1/v1',
  model: 'm',
  api_key: 'sk-1234567890',
};

describe('ModelModule', () => {
  let app: INestApplication;
  let base: string;
  beforeAll(async () => {
    writeFileSync(file, JSON.stringify([slashed, { ...slashed, name: 'small' }]));
    const module = await Test.createTestingModule({ imports: [ConfigModule, ModelModule] }).compile();
    app = module.createNestApplication({ logger: false });
    await app.listen(0, '127.0.0.1');
    base = `http://127.0.0.1:${(app.getHttpServer() as { address(): AddressInfo }).address().port}`;
  });
  afterAll(async () => {
    await app.close();
    rmSync(directory, { recursive: true });
  });

  it('lists the models', async () => {
    const answer = await fetch(`${base}/api/models`);
    expect(await answer.json()).toEqual([
      { name: 'org/big model', base_url: 'http://127.0.0.1:1/v1', model: 'm' },
      { name: 'small', base_url: 'http://127.0.0.1:1/v1', model: 'm' },
    ]);
  });

  it.each([
    ['org/big%20model', 'org/big model'],
    ['org%2Fbig%20model', 'org/big model'],
    ['small', 'small'],
  ])('describes the model of /api/models/%s', async (path, name) => {
    const answer = await fetch(`${base}/api/models/${path}`);
    expect(await answer.json()).toEqual({
      status: 'success',
      data: { name, base_url: 'http://127.0.0.1:1/v1', model: 'm' },
    });
  });

  it('provides the client', () => {
    expect(app.get(MODEL_CLIENT)).toBeInstanceOf(LazyModelClient);
  });
});
