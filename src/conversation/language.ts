export type Language = 'zh' | 'en';

/** Chinese when a text has more Chinese characters than Latin words, else English (seed §3.7). */
export function languageOf(text: string): Language {
  const characters = text.match(/\p{Script=Han}/gu)?.length ?? 0;
  const words = text.match(/[A-Za-z]+/g)?.length ?? 0;
  return characters > words ? 'zh' : 'en';
}
