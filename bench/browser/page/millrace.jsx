/** @jsxImportSource preact */
import { render } from 'preact';
import { Markdown, MarkdownDocument } from '../../../client/src/markdown/index.js';
import '../../../client/src/markdown/markdown.css';
import { drive } from './driver.js';

/** As the UI does it: deltas wait for the frame, and a document tells its view. */
function millrace() {
  const document = new MarkdownDocument();
  let pending = [];
  return {
    mount: (root) => render(<Markdown document={document} />, root),
    append: (delta) => pending.push(delta),
    flush() {
      document.append(pending.join(''));
      pending = [];
    },
    end: () => document.end(),
  };
}

/** What the page costs without a renderer. */
const nothing = () => ({ mount() {}, append() {}, flush() {} });

drive({ nothing, millrace });
