// The few DOM helpers everything else is written with. Text always goes in as text, never as markup.

/**
 * An element. `props`: class, text, dataset {…}, on {event: handler}; every other key is an attribute
 * (true sets it empty; false, null and undefined leave it out).
 */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) setProp(node, name, value);
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

function setProp(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "class") node.className = value;
  else if (name === "text") node.textContent = value;
  else if (name === "dataset") Object.assign(node.dataset, value);
  else if (name === "on") for (const [event, handler] of Object.entries(value)) node.addEventListener(event, handler);
  else node.setAttribute(name, value === true ? "" : String(value));
}

let counter = 0;

/** An id that no other element of the page has. */
export function uniqueId(prefix) {
  counter += 1;
  return `${prefix}-${counter}`;
}

/** Moves focus with the arrow keys, Home and End inside `container`; one tab stop for the whole group. */
export function roving(container, selector, { columns = false, onEdge = null } = {}) {
  const items = () => [...container.querySelectorAll(selector)].filter((item) => !item.disabled);
  container.addEventListener("keydown", (event) => {
    const list = items();
    const at = list.indexOf(event.target.closest(selector));
    if (at < 0) return;
    const next = nextItem(list, at, event.key, columns);
    if (next === undefined) return;
    if (next === null) {
      if (!onEdge || !onEdge(event.key)) return;
    } else focusOnly(list, next);
    event.preventDefault();
    event.stopPropagation();
  });
  items().forEach((item, index) => { item.tabIndex = index === 0 ? 0 : -1; });
}

function nextItem(list, at, key, columns) {
  const row = (item) => item.parentElement;
  switch (key) {
    case "ArrowRight": return list[at + 1] ?? null;
    case "ArrowLeft": return list[at - 1] ?? null;
    case "Home": return list[0];
    case "End": return list[list.length - 1];
    case "ArrowDown": return columns ? list.slice(at).find((item) => row(item) !== row(list[at])) ?? null : list[at + 1] ?? null;
    case "ArrowUp": return columns ? list.slice(0, at).reverse().find((item) => row(item) !== row(list[at])) ?? null : list[at - 1] ?? null;
    default: return undefined;
  }
}

/** Focuses `chosen` and makes it the tab stop of `list`. */
export function focusOnly(list, chosen) {
  for (const item of list) item.tabIndex = item === chosen ? 0 : -1;
  chosen.focus();
}

/** Something kept in the browser; a browser that keeps nothing is no reason to fail. */
export const memory = {
  get(key, fallback) {
    try {
      return JSON.parse(localStorage.getItem(`compagnon.${key}`)) ?? fallback;
    } catch {
      return fallback;
    }
  },
  set(key, value) {
    try {
      localStorage.setItem(`compagnon.${key}`, JSON.stringify(value));
    } catch { /* private mode */ }
  },
};
