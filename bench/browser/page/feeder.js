/** Posts each piece as a message of its own, as the network would, `rate` of them a second. */
onmessage = ({ data: { pieces, rate } }) => {
  const start = performance.now();
  let sent = 0;
  const tick = () => {
    const due = Math.min(pieces.length, Math.floor(((performance.now() - start) * rate) / 1000));
    while (sent < due) postMessage(pieces[sent++]);
    if (sent < pieces.length) setTimeout(tick, 1);
    else postMessage(null);
  };
  tick();
};
