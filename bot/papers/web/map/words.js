// What is said, in the chosen language: words out of the catalogues, names of countries and languages, numbers.

const data = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);
let language = "en";
let region = "en-GB"; // how dates and numbers are written
let collator = new Intl.Collator(region);
let numbers = new Intl.NumberFormat(region);

const words = (key, values = {}) =>
  data.words[language][key].replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
const countryName = (code) => data.countries[language][code] || code;
const tongueName = (tag) => data.tongues[language][tag] || tag;
const tradeName = (trade) => (data.trades[language] || {})[trade] || trade;
const capitalName = (town) => (town.zone && data.capitals[language][town.zone]) || townName({ town: town.name, country: town.country });
const townName = (place, tag = language) => (data.towns[tag] || {})[`${place.town}|${place.country}`] || place.town;
const dayName = (iso) => new Date(`${iso}T12:00:00Z`).toLocaleDateString(region, { dateStyle: "long", timeZone: "UTC" });
const farName = (km) => words("far", { km: numbers.format(km < 10 ? Math.round(km * 10) / 10 : Math.round(km)) });

// Letters without accents and case, so that "malaga" finds Málaga.
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/ß/g, "ss").replace(/ł/g, "l").replace(/ø/g, "o");

function preferredLanguage() {
  const known = data.languages.map(([tag]) => tag);
  const wished = [new URLSearchParams(location.search).get("language"), remembered(), data.language];
  if (!data.language) wished.push(...navigator.languages);
  return wished.map((tag) => (tag || "").split("-")[0].toLowerCase()).find((tag) => known.includes(tag)) || "en";
}

function remembered() {
  try {
    return localStorage.getItem("language");
  } catch {
    return null; // a browser that keeps nothing for files
  }
}

function speak(tag, keep = false) {
  language = tag;
  region = tag === "en" ? "en-GB" : tag;
  collator = new Intl.Collator(region);
  numbers = new Intl.NumberFormat(region);
  document.documentElement.lang = tag;
  document.title = words("title");
  for (const element of document.querySelectorAll("[data-words]")) element.textContent = words(element.dataset.words);
  for (const element of document.querySelectorAll("[data-hint]")) element.placeholder = words(element.dataset.hint);
  if (!keep) return;
  try {
    localStorage.setItem("language", tag);
  } catch {
    // then it is asked for again next time
  }
}

// An element with a class, text or children. Text never becomes markup.
function make(name, kind = "", ...content) {
  const element = document.createElement(name);
  if (kind) element.className = kind;
  element.append(...content);
  return element;
}
