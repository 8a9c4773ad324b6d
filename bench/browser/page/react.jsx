/** @jsxImportSource react */
import { createRoot } from 'react-dom/client';
import { useEffect, useState } from 'react';
import Markdown from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { Streamdown } from 'streamdown';
import { drive } from './driver.js';

const ReactMarkdown = ({ children }) => <Markdown remarkPlugins={[remarkGfm]}>{children}</Markdown>;

/** A state that grows: with each delta, or once a frame. */
function design(View, eachDelta) {
  return () => {
    let text = '';
    let show = () => {};
    function Answer() {
      const [shown, setShown] = useState('');
      useEffect(() => {
        show = setShown;
        setShown(text);
      }, []);
      return <View>{shown}</View>;
    }
    return {
      mount: (root) => createRoot(root).render(<Answer />),
      append(delta) {
        text += delta;
        if (eachDelta) show(text);
      },
      flush: () => show(text),
    };
  };
}

drive({
  'streamdown, a frame': design(Streamdown, false),
  'streamdown, a delta': design(Streamdown, true),
  'react-markdown, a frame': design(ReactMarkdown, false),
});
