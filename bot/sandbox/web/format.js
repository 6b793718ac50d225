// Dates, numbers and names as people read them. The zone is the virtual clock's.

const formatters = new Map();

function formatter(zone, options) {
  const key = zone + JSON.stringify(options);
  if (!formatters.has(key)) formatters.set(key, make(zone, options));
  return formatters.get(key);
}

function make(zone, options) {
  try {
    return new Intl.DateTimeFormat("en-GB", { ...options, timeZone: zone });
  } catch {
    return new Intl.DateTimeFormat("en-GB", { ...options, timeZone: "UTC" });  // a zone this browser doesn't know
  }
}

export const localZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

/** "18:40" */
export const hhmm = (date, zone) => formatter(zone, { hour: "2-digit", minute: "2-digit" }).format(date);

/** "Mon 2 March" */
export const shortDay = (date, zone) => formatter(zone, { weekday: "short", day: "numeric", month: "short" }).format(date);

/** "2 March" */
export const dayMonth = (date, zone) => formatter(zone, { day: "numeric", month: "short" }).format(date);

/** "Monday 2 March 2026" */
export const longDay = (date, zone) =>
  formatter(zone, { weekday: "long", day: "numeric", month: "long", year: "numeric" }).format(date);

/** "2026-03-02", to compare days. */
export function dayKey(date, zone) {
  const parts = formatter(zone, { year: "numeric", month: "2-digit", day: "2-digit" }).formatToParts(date);
  const part = (type) => parts.find((one) => one.type === type).value;
  return `${part("year")}-${part("month")}-${part("day")}`;
}

/** Whole local days from `from` to `to`. */
export function daysBetween(from, to, zone) {
  return Math.round((Date.parse(dayKey(to, zone)) - Date.parse(dayKey(from, zone))) / 86400000);
}

/** "in 40 min", "in 5 h", "in 3 days" */
export function distance(from, to) {
  const minutes = Math.round((to - from) / 60000);
  if (minutes < 1) return "now";
  if (minutes < 90) return `in ${minutes} min`;
  if (minutes < 36 * 60) return `in ${Math.round(minutes / 60)} h`;
  return `in ${Math.round(minutes / 1440)} days`;
}

/** "0:07" */
export const clip = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.round(seconds) % 60).padStart(2, "0")}`;

/** "1.4 MB" */
export function fileSize(bytes) {
  if (!Number.isFinite(bytes)) return "";
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1048576) return `${(bytes / 1024).toFixed(bytes < 10240 ? 1 : 0)} kB`;
  return `${(bytes / 1048576).toFixed(1)} MB`;
}

/** "47.2184° N, 1.5536° W" */
export function coordinates({ latitude, longitude }) {
  const side = (value, plus, minus) => `${Math.abs(value).toFixed(4)}° ${value < 0 ? minus : plus}`;
  return `${side(latitude, "N", "S")}, ${side(longitude, "E", "W")}`;
}

export const fullName = (user) => [user.first_name, user.last_name].filter(Boolean).join(" ") || `Person ${user.id}`;

/** Up to two first letters; whole characters, so that an emoji or an accent is not cut in two. */
export function initials(name) {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const letters = [words[0], words.length > 1 ? words[words.length - 1] : ""].map((word) => [...(word ?? "")][0] ?? "");
  return letters.join("").toUpperCase() || "?";
}

/** One of six colours, the same for the same person every time. */
export const hue = (id) => String(Math.abs(Number(id) || 0) % 6);

const ROLES = { referent: "contact person", family: "parent or guardian" };

/** A role in the words that the bot uses for it. */
export function roleName(role) {
  return ROLES[role] ?? role.replaceAll("_", " ");
}
