import { languageOf } from './language.js';

describe('languageOf', () => {
  it.each([
    ['今天天气怎么样', 'zh'],
    ['用 Rust 写一个排序', 'zh'],
    ['What does 天 mean in this sentence?', 'en'],
    ['hello world 你好', 'en'],
    ['1 + 1', 'en'],
    ['', 'en'],
  ])('finds the language of %j', (text, language) => {
    expect(languageOf(text)).toBe(language);
  });
});
