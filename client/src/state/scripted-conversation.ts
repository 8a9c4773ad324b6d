import { ScriptedWorld, RUN, settle, streamHeaders } from '../stream/scripted-world.js';
import { askModel } from './asks.js';
import { Conversation } from './conversation.js';
import { Drafts } from './drafts.js';
import { FrameScheduler } from './frame-scheduler.js';
import { KnownConversations } from './known-conversations.js';
import { MemoryStorage } from './memory-storage.js';
import type { Turn } from './turn.js';

export const ID = '65f0c2a1b2c3d4e5f6a7b8c9';
export const DETAIL = `GET /api/chat/conversations/${ID}`;
export const START = 'POST /api/chat/completions';
export const EVENTS = `GET /api/runs/${RUN}/events`;
export const CANCEL = `POST /api/runs/${RUN}/cancel`;
export const demo = askModel('demo', ['builtin']);

export type Handler = (init: RequestInit) => Response | Promise<Response>;

export function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });
}

export function round(state: string, content = 'Hello world', run_id = RUN) {
  const answer = content === '' ? [] : [{ role: 'assistant', content }];
  return { round: 1, run_id, state, messages: [{ role: 'user', content: 'hi' }, ...answer] };
}

/** A conversation over a server that answers by address. */
export function setUp(routes: Record<string, Handler>, isNew = false) {
  const world = new ScriptedWorld();
  const asked: string[] = [];
  const bodies: RequestInit[] = [];
  const fetch = async (url: string, init: RequestInit): Promise<Response> => {
    const route = `${init.method ?? 'GET'} ${url}`;
    asked.push(route);
    bodies.push(init);
    const handler = routes[route];
    if (!handler) return json({ code: 'not_found' }, 404);
    return handler(init);
  };
  const frames: (() => void)[] = [];
  const scheduler = new FrameScheduler({
    requestFrame: (callback) => frames.push(callback),
    hidden: () => false,
    onVisible: () => undefined,
  });
  const drafts = new Drafts(new MemoryStorage());
  const known = new KnownConversations();
  const told: string[] = [];
  const conversation = new Conversation(
    ID,
    {
      world: Object.assign(world, { fetch }),
      scheduler,
      drafts,
      known,
      changed: () => told.push('changed'),
      ended: () => told.push('ended'),
    },
    isNew ? 'chat' : undefined,
  );
  const ready = async (): Promise<void> => {
    await settle();
    for (const callback of frames.splice(0)) callback();
  };
  return { conversation, world, drafts, known, asked, bodies, told, ready };
}

export function stream(text: string): Response {
  return new Response(text, { headers: streamHeaders() });
}

export function view(turn: Turn | undefined) {
  return turn && [turn.prompt, turn.status.peek(), turn.run.text];
}
