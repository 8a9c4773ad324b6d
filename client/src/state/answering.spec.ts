import { ScriptedWorld } from '../stream/scripted-world.js';
import { Answering } from './answering.js';

const state = (name: string) => new Response(JSON.stringify({ state: name }));

function setUp() {
  const world = new ScriptedWorld();
  const page = { hidden: false };
  let ended = 0;
  const answering = new Answering(
    world,
    () => (ended += 1),
    () => page.hidden,
  );
  return {
    world,
    page,
    answering,
    ended: () => ended,
    of: (id: string) => answering.activities.peek().get(id),
  };
}

describe('[UI-10] Answering', () => {
  it('says what the open conversation does', () => {
    const { answering, of } = setUp();
    answering.set('a', true);
    expect(of('a')).toBe('answering');
    answering.set('a', false);
    expect(of('a')).toBeUndefined();
  });

  it('asks for a conversation that was left until it has answered', async () => {
    const { world, answering, of, ended } = setUp();
    world.answer(state('queued'), state('running'), state('completed'));
    answering.watch('a', 'r 1');
    await world.advance(8_000);
    expect([of('a'), world.requests.map(({ url }) => url)]).toEqual([
      'answering',
      ['/api/runs/r%201', '/api/runs/r%201'],
    ]);
    await world.advance(4_000);
    expect([of('a'), ended(), world.timers]).toEqual(['answered', 1, 0]);
    answering.set('a', false);
    expect(of('a')).toBeUndefined();
  });

  it('asks nothing while the page is hidden, and goes on when the server cannot be reached', async () => {
    const { world, page, answering, of } = setUp();
    page.hidden = true;
    answering.watch('a', 'r');
    await world.advance(20_000);
    expect(world.requests).toEqual([]);
    page.hidden = false;
    await world.advance(4_000);
    expect([of('a'), world.requests.length]).toEqual(['answering', 1]);
    world.answer(new Response('{"code":"run_not_found"}', { status: 404 }));
    await world.advance(4_000);
    expect(of('a')).toBe('answered');
  });

  it('stops asking when the conversation is opened again', async () => {
    const { world, answering, of } = setUp();
    answering.watch('a', 'r');
    answering.set('a', true);
    await world.advance(20_000);
    expect([of('a'), world.requests]).toEqual(['answering', []]);
  });

  it('drops an answer that comes after the conversation was opened', async () => {
    const { world, answering, of, ended } = setUp();
    let arrive: (response: Response) => void = () => undefined;
    world.answer(() => new Promise((resolve) => (arrive = resolve)));
    answering.watch('a', 'r');
    await world.advance(4_000);
    answering.set('a', true);
    arrive(state('completed'));
    await world.advance(20_000);
    expect([of('a'), ended()]).toEqual(['answering', 0]);
  });
});
