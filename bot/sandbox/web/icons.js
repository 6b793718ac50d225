// Line icons, 24 × 24, drawn for this page.

const PATHS = {
  send: "M4 12 20 4l-5 16-3.500-6.500zM11.500 13.500 20 4",
  attach: "M19 11.500 12 18.500a4.600 4.600 0 0 1-6.500-6.500l7.500-7.500a3 3 0 0 1 4.300 4.300l-7.500 7.500a1.500 1.500 0 0 1-2.100-2.100l6.800-6.800",
  menu: "M5 7h14M5 12h14M5 17h9",
  more: "M12 5.500v.01M12 12v.01M12 18.500v.01",
  close: "M6 6l12 12M18 6 6 18",
  plus: "M12 5v14M5 12h14",
  down: "M12 5v14M6 13l6 6 6-6",
  next: "M6 5l9 7-9 7zM18.500 5v14",
  hour: "M12 7v5l3 2M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18z",
  day: "M12 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM12 2.500v2M12 19.500v2M2.500 12h2M19.500 12h2M5.300 5.300l1.400 1.400M17.300 17.300l1.400 1.400M18.700 5.300l-1.400 1.400M6.700 17.300l-1.400 1.400",
  arrival: "M3 20h18M4 11l3 4 13-3.500a1.700 1.700 0 0 0-1-3.200l-4 1-5-5-2 .5 2.500 5.700-3.500 1-1.500-1.500z",
  home: "M4 11.500 12 4.500l8 7M6.500 10v9.500h11V10M10.500 19.500v-5h3v5",
  guide: "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zM15.500 8.500l-2 5-5 2 2-5z",
  theme: "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zM12 3v18M12 7.500a4.500 4.500 0 0 1 0 9",
  photo: "M4 6h16v12H4zM4 15l4.500-4 4 3.500 2.500-2 5 4M15.500 9.500v.01",
  document: "M7 3.500h7l4 4v13H7zM14 3.500v4h4",
  location: "M12 21c4.500-5 6.500-8.200 6.500-11a6.500 6.500 0 0 0-13 0c0 2.800 2 6 6.500 11zM12 7.800a2.200 2.200 0 1 1 0 4.400 2.200 2.200 0 0 1 0-4.400z",
  voice: "M12 3.500a2.500 2.500 0 0 1 2.500 2.500v5.500a2.500 2.500 0 0 1-5 0V6A2.500 2.500 0 0 1 12 3.500zM6.500 11.500a5.500 5.500 0 0 0 11 0M12 17v3.500",
  sticker: "M12 3.500a8.500 8.500 0 1 1 0 17 8.500 8.500 0 0 1 0-17zM9 10v.01M15 10v.01M8.500 14a4.500 4.500 0 0 0 7 0",
  contact: "M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM4.500 20.500a7.500 7.500 0 0 1 15 0",
  block: "M12 3.500a8.500 8.500 0 1 1 0 17 8.500 8.500 0 0 1 0-17zM6 6l12 12",
  edit: "M4.500 19.500l1-4L16 5l3 3L8.500 18.500z",
  reply: "M10 6 4 11.500l6 5.500v-3.500c5 0 8 1.500 10 5 0-6-3.500-9.500-10-9.500z",
  forward: "M14 6l6 5.500-6 5.500v-3.500c-5 0-8 1.500-10 5 0-6 3.500-9.500 10-9.500z",
  copy: "M9 8.500h10.500V20H9zM15 8.500V4H4.500v11.500H9",
  play: "M8 5l11 7-11 7z",
  download: "M12 4v11M7 10.500l5 5 5-5M5 20h14",
  link: "M8.500 15.500l7-7M10 7l1.500-1.500a4.200 4.200 0 0 1 6 6L16 13M8 11l-1.500 1.500a4.200 4.200 0 0 0 6 6L14 17",
  check: "M5 12.500l4.500 4.500L19 7.500",
  phone: "M8 3.500h8a1.500 1.500 0 0 1 1.500 1.500v14a1.500 1.500 0 0 1-1.500 1.500H8A1.500 1.500 0 0 1 6.500 19V5A1.500 1.500 0 0 1 8 3.500zM11 17.800h2",
};

const SVG = "http://www.w3.org/2000/svg";

/** An SVG element with attributes and children. */
export function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.append(...children);
  return node;
}

/** The named icon; decoration only, so hidden from screen readers. */
export function icon(name) {
  const path = svg("path", { d: PATHS[name] });
  return svg("svg", { class: `icon icon-${name}`, viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" }, path);
}
