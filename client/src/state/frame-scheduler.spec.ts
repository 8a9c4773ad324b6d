import { FrameScheduler, type FramePage, type Flushable } from './frame-scheduler.js';

class ScriptedPage implements FramePage {
  frames: (() => void)[] = [];
  isHidden = false;
  #visible: () => void = () => undefined;

  requestFrame(callback: () => void): void {
    this.frames.push(callback);
  }
  hidden(): boolean {
    return this.isHidden;
  }
  onVisible(callback: () => void): void {
    this.#visible = callback;
  }
  show(): void {
    this.isHidden = false;
    this.#visible();
  }
  frame(): void {
    for (const callback of this.frames.splice(0)) callback();
  }
}

class Counter implements Flushable {
  flushes = 0;
  flush(): void {
    this.flushes += 1;
  }
}

describe('FrameScheduler', () => {
  it('flushes once a frame, however often something was marked', () => {
    const page = new ScriptedPage();
    const scheduler = new FrameScheduler(page);
    const one = new Counter();
    for (let mark = 0; mark < 1000; mark += 1) scheduler.mark(one);
    expect(page.frames).toHaveLength(1);
    expect(one.flushes).toBe(0);
    page.frame();
    expect(one.flushes).toBe(1);
    page.frame();
    expect(one.flushes).toBe(1);
  });

  it('does nothing while the page is hidden, and catches up once', () => {
    const page = new ScriptedPage();
    const scheduler = new FrameScheduler(page);
    const one = new Counter();
    page.isHidden = true;
    scheduler.mark(one);
    scheduler.mark(one);
    expect(page.frames).toHaveLength(0);
    page.show();
    page.frame();
    expect(one.flushes).toBe(1);
  });

  it('takes what is marked during a flush to the next frame', () => {
    const page = new ScriptedPage();
    const scheduler = new FrameScheduler(page);
    const late = new Counter();
    scheduler.mark({ flush: () => scheduler.mark(late) });
    page.frame();
    expect(late.flushes).toBe(0);
    page.frame();
    expect(late.flushes).toBe(1);
  });
});
