import { MillraceError } from '../protocol/error-code.js';
import type { ContentPart } from './model-client.js';

/** A file that a client sends with a message: an address, or its content as a `data:` URL. */
export interface SentFile {
  url: string;
  mediaType: string;
  filename?: string | null;
}

/** The file in OpenAI's form, which is what providers are sent. Throws `unsupported_parameter` for those that no model can be sent. */
export function filePart({ url, mediaType, filename }: SentFile): ContentPart {
  if (mediaType.startsWith('image/')) return { type: 'image_url', image_url: { url } };
  const data = /^data:[^,]*;base64,(.*)$/s.exec(url)?.[1];
  if (data === undefined)
    throw new MillraceError('unsupported_parameter', {
      detail: `A file of type ${mediaType.slice(0, 100)} must be sent as a data: URL; only images may be linked.`,
      members: { param: 'messages' },
    });
  const audio = /^audio\/(?:x-)?(wav|mpeg|mp3)$/.exec(mediaType)?.[1];
  if (audio !== undefined)
    return { type: 'input_audio', input_audio: { data, format: audio === 'wav' ? 'wav' : 'mp3' } };
  return { type: 'file', file: { file_data: url, filename: filename ?? 'file' } };
}
