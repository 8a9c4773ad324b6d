import { concat, defer, from, Observable, of } from 'rxjs';
import type { FinishReason } from '../../protocol/run-event.js';
import type { ModelClient, ModelDelta, ModelRequest } from '../model-client.js';

/** What a scripted model answers: text, or calls of tools, or an error. */
export interface ScriptedAnswer {
  text?: string;
  calls?: readonly { name: string; args?: string; id?: string }[];
  error?: Error;
  /** Answers only then. */
  after?: Promise<unknown>;
}

/** A model client in this process that answers as a function says, and keeps what it was asked. */
export class ScriptedModel implements ModelClient {
  readonly requests: ModelRequest[] = [];
  /** How many answers are under way, and the most at once. */
  running = 0;
  most = 0;

  constructor(public answer: (request: ModelRequest) => ScriptedAnswer) {}

  stream(request: ModelRequest): Observable<readonly ModelDelta[]> {
    return new Observable<readonly ModelDelta[]>((subscriber) => {
      this.requests.push(request);
      this.running += 1;
      this.most = Math.max(this.most, this.running);
      subscriber.add(() => (this.running -= 1));
      const { after = Promise.resolve(), ...answer } = this.answer(request);
      subscriber.add(
        concat(
          defer(() => after.then(() => [])),
          deltasOf(answer),
        ).subscribe(subscriber),
      );
    });
  }
}

function deltasOf({ text = '', calls = [], error }: ScriptedAnswer): Observable<readonly ModelDelta[]> {
  const finish_reason: FinishReason = calls.length > 0 ? 'tool_calls' : 'stop';
  const pieces = (text.match(/[^]{1,4}/gu) ?? []).map((delta): ModelDelta[] => [{ type: 'text', delta }]);
  const asked = calls.map(({ name, args = '{}', id }, index): ModelDelta[] => [
    { type: 'tool_call', index, name, args, ...(id !== undefined && { id }) },
  ]);
  const end: ModelDelta[] = [
    { type: 'finish', finish_reason },
    { type: 'usage', usage: { input_tokens: 10, output_tokens: pieces.length + calls.length } },
  ];
  if (error !== undefined)
    return concat(
      from(pieces),
      defer(() => Promise.reject(error)),
    );
  return concat(from([...pieces, ...asked]), of(end));
}
