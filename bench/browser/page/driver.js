import { cutIntoPieces, generateAnswer } from '../../../client/src/markdown/testing/generator.js';

const scroller = document.querySelector('main');
const root = document.querySelector('article');
const nextFrame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)));

/** A text of at least so many characters; the same seed gives the same one. */
function textOf(language, characters) {
  let text = '';
  for (let seed = 1; text.length < characters; seed += 1) text += `${generateAnswer(seed, language)}\n\n`;
  return text.slice(0, characters);
}

function codeOf(characters) {
  const line = '  const value = await call(index, `part ${index}`); // the next one\n';
  return `\`\`\`ts\n${line.repeat(Math.ceil(characters / line.length))}\`\`\`\n`;
}

/**
 * Keeps the end in view as the UI does: after the layout and before the paint. Right after a design has changed the page, it would force
 * the layout into the script of those that change it at once, and cost nothing with those that change it later (React).
 */
function follow() {
  new ResizeObserver(() => (scroller.scrollTop = scroller.scrollHeight)).observe(root);
}

/**
 * Streams into a design and watches the frames. A design is `{ mount(root), append(delta), flush(), end?() }`: `append` is called for
 * each delta, `flush` once a frame in which there were some, `end` when there will be no more.
 */
export function drive(designs) {
  let design;
  let pieces;
  const box = document.body.appendChild(document.createElement('input'));
  const keyMs = [];
  // From the key to the end of the frame that shows it.
  box.addEventListener('keydown', ({ timeStamp }) =>
    requestAnimationFrame(() => setTimeout(() => keyMs.push(performance.now() - timeStamp), 0)),
  );
  globalThis.bench = {
    designs: Object.keys(designs),
    /** Mounts a design and shows what stands there before the deltas come. */
    async prepare({ name, language, before, characters, code }) {
      const text = code ? codeOf(characters) : textOf(language, before + characters);
      design = designs[name]();
      design.mount(root);
      if (before > 0) design.append(text.slice(0, before));
      design.flush();
      pieces = cutIntoPieces(code ? text : text.slice(before), 7, 7);
      for (let at = 0; at < 30; at += 1) await nextFrame();
      follow();
      box.focus({ preventScroll: true });
    },
    /** The answer has ended; its text is not kept here. */
    async end() {
      design.end?.();
      pieces = [];
      for (let at = 0; at < 30; at += 1) await nextFrame();
    },
    /** Streams. Says how many deltas there were, and what became of the frames. */
    async run(rate) {
      const gaps = [];
      const longTasks = [];
      const observer = new PerformanceObserver((list) => longTasks.push(...list.getEntries()));
      observer.observe({ type: 'longtask' });
      let last = performance.now();
      let dirty = false;
      let over = false;
      const frame = (now) => {
        gaps.push(now - last);
        last = now;
        if (dirty) {
          dirty = false;
          design.flush();
        }
        if (!over) requestAnimationFrame(frame);
      };
      requestAnimationFrame(frame);
      const worker = new Worker(new URL('./feeder.js', import.meta.url), { type: 'module' });
      await new Promise((resolve) => {
        worker.onmessage = ({ data }) => {
          if (data === null) return resolve();
          design.append(data);
          dirty = true;
        };
        worker.postMessage({ pieces, rate });
      });
      await nextFrame();
      await nextFrame();
      over = true;
      worker.terminate();
      observer.disconnect();
      const time = gaps.reduce((sum, gap) => sum + gap, 0);
      const missed = gaps.reduce((sum, gap) => sum + Math.max(0, Math.round(gap / (1000 / 60)) - 1), 0);
      return {
        deltas: pieces.length,
        characters: root.textContent.length,
        dropped: missed / (time / (1000 / 60)),
        worst: Math.max(...gaps),
        longTasks: longTasks.length,
        keyMs,
      };
    },
  };
}
