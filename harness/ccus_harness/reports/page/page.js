"use strict";
// Filters, unfolds what a link leads to, and unfolds what is to be printed. The page is whole without it.
const all = (selector, within = document) => Array.from(within.querySelectorAll(selector));
const find = (id) => document.getElementById(id);

// Language: the page shows it by itself; a screen reader's voice follows the page's own mark.
for (const pick of all("input.pick")) {
  pick.addEventListener("change", () => { document.documentElement.lang = pick.value; });
}

// A link into something folded unfolds it, and all that is around it.
const reveal = () => {
  const target = find(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  if (target.closest("#rows") && target.closest("[hidden]")) clear();
  for (let each = target; each; each = each.parentElement) if (each.tagName === "DETAILS") each.open = true;
  target.scrollIntoView();
};
addEventListener("hashchange", reveal);
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#']");
  // The same place asked for again is no change of the address.
  if (link && link.getAttribute("href") === location.hash) reveal();
});

// Filters.
const filter = find("filter"), word = find("f-word"), chapter = find("f-chapter"), text = find("f-text");
const rows = all("#rows details[data-row]");
const plain = (said) => said.normalize("NFKC").toLowerCase();
const texts = new Map();
const shows = (row) => {
  if (!texts.has(row)) texts.set(row, plain(row.textContent));
  return texts.get(row);
};
const apply = () => {
  const wanted = plain(text.value).split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const row of rows) {
    const fits = (!word.value || row.dataset.word === word.value)
      && (!chapter.value || row.dataset.chapter === chapter.value)
      && wanted.every((part) => shows(row).includes(part));
    row.hidden = !fits;
    shown += fits ? 1 : 0;
  }
  for (const part of all("#rows .chapter")) part.hidden = !part.querySelector("details[data-row]:not([hidden])");
  find("f-count").textContent = String(shown);
};
const clear = () => {
  for (const each of [word, chapter, text]) each.value = "";
  apply();
};
filter.hidden = false;
filter.addEventListener("input", apply);
find("clear").addEventListener("click", clear);
find("unfold").addEventListener("click", () => { for (const row of rows) row.open = !row.hidden || row.open; });
find("fold").addEventListener("click", () => { for (const row of rows) row.open = false; });

// Paper shows every row and the story of every red one.
let unfolded = [];
addEventListener("beforeprint", () => {
  unfolded = all("#rows details[data-row]:not([open]), .telling-story:not([open])");
  for (const each of unfolded) each.open = true;
});
addEventListener("afterprint", () => { for (const each of unfolded) each.open = false; });

if (location.hash) reveal();
