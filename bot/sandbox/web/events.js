// Server-sent events, with our own reconnection: the browser's gives up after an HTTP error.

const FIRST_WAIT = 500;
const LONGEST_WAIT = 5000;

/**
 * Listens to the sandbox. `onEvent(event)` gets each parsed event, `onUp(again)` runs when the line stands
 * (`again` after a loss: something may have been missed), `onDown()` when it breaks.
 */
export function listen({ onEvent, onUp, onDown }) {
  let wait = FIRST_WAIT;
  let wasDown = false;

  function connect() {
    const source = new EventSource("/sandbox/events");
    source.onopen = () => {
      wait = FIRST_WAIT;
      onUp(wasDown);
      wasDown = false;
    };
    source.onmessage = (event) => {
      const parsed = parse(event.data);
      if (parsed) onEvent(parsed);
    };
    source.onerror = () => {
      source.close();
      if (!wasDown) onDown();
      wasDown = true;
      setTimeout(connect, wait);
      wait = Math.min(wait * 2, LONGEST_WAIT);
    };
  }

  connect();
}

function parse(data) {
  try {
    return JSON.parse(data);
  } catch {
    return null;  // a comment or a half line: the next resync brings what was in it
  }
}
