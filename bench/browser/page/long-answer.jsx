/** @jsxImportSource preact */
import { render } from 'preact';
import { BlockView } from '../../../client/src/blocks/block-view.js';
import '../../../client/src/markdown/markdown.css';
import { cutIntoPieces, generateAnswer } from '../../../client/src/markdown/testing/generator.js';
import { FrameScheduler } from '../../../client/src/state/frame-scheduler.js';
import { RunModel } from '../../../client/src/state/run-model.js';
import { framesOf, readInto } from './run-frames.js';

/** In a frame of the page: many, so that it does not take minutes. What is kept of each is as when they come by themselves. */
const EVENTS_A_READ = 2000;
/** For so long nothing more was coloured: all of it is. */
const QUIET_MS = 500;
const models = [];

function Answer({ model }) {
  return (
    <section>
      {model.blocks.value.map((block) => (
        <BlockView key={block.key} block={block} live />
      ))}
    </section>
  );
}

/** The pieces of a text that takes at least so many bytes. */
function* deltasOf(language, bytes, firstSeed) {
  const encoder = new TextEncoder();
  let left = bytes;
  for (let seed = firstSeed; left > 0; seed += 1) {
    const text = `${generateAnswer(seed, language)}\n\n`;
    left -= encoder.encode(text).length;
    yield* cutIntoPieces(text, seed, 7);
  }
}

/** The next of an iterator, which goes on after them (`take` would end it). */
function next(iterator, most) {
  const some = [];
  while (some.length < most) {
    const { done, value } = iterator.next();
    if (done) break;
    some.push(value);
  }
  return some;
}

async function painted(root) {
  for (let before = -1, now = 0; now !== before; now = root.querySelectorAll('[class^=tk-]').length) {
    before = now;
    await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
  }
}

globalThis.bench = {
  /**
   * Reads an answer as the UI does, and shows it; both stay. @returns how many bytes and characters its text has, and how many characters are
   * shown
   */
  async answer({ language, bytes, seed }) {
    const model = new RunModel(new FrameScheduler());
    models.push(model);
    const root = document.querySelector('article').appendChild(document.createElement('div'));
    const frames = framesOf(deltasOf(language, bytes, seed));
    const encoder = new TextEncoder();
    const body = new ReadableStream({
      async pull(controller) {
        const some = next(frames, EVENTS_A_READ);
        if (some.length === 0) return controller.close();
        controller.enqueue(encoder.encode(some.join('')));
        await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
      },
    });
    render(<Answer model={model} />, root);
    await readInto(model, body);
    await painted(root);
    const { text } = model;
    return {
      bytes: encoder.encode(text).length,
      characters: text.length,
      shown: root.textContent.length,
    };
  },
};
