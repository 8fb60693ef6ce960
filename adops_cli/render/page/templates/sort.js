"use strict";
// Sorts a table by the column whose heading was chosen, and unfolds everything for paper. Without it, all is readable.
const mark = document.querySelector("main").dataset.decimal;
const number = (text) => {
  const plain = [...text.replace(/\u2212/g, "-")].filter((sign) => /[\d-]/.test(sign) || sign === mark).join("");
  return plain === "" || plain === "-" ? NaN : Number(plain.replace(mark, "."));
};
const known = (cell, isNumber) => {
  const time = cell.querySelector("time");
  const text = time ? time.dateTime : cell.textContent.trim();
  return isNumber ? number(text) : text === "\u2014" ? "" : text;
};
const isUnknown = (value) => value === "" || Number.isNaN(value);
document.addEventListener("click", (event) => {
  const button = event.target.closest("thead button");
  if (!button) return;
  const heading = button.parentElement;
  const table = heading.closest("table");
  const body = table.tBodies[0];
  const isNumber = heading.classList.contains("n");
  const now = heading.getAttribute("aria-sort") || (isNumber ? "ascending" : "descending");
  const isUp = now === "descending";
  const rows = [...body.rows].map((row) => [known(row.cells[heading.cellIndex], isNumber), row]);
  rows.sort(([one], [two]) => {
    if (isUnknown(one) || isUnknown(two)) return isUnknown(one) - isUnknown(two);
    const order = isNumber ? one - two : one.localeCompare(two);
    return isUp ? order : -order;
  });
  body.append(...rows.map(([, row]) => row));
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", isUp ? "ascending" : "descending");
});
let folded = [];
addEventListener("beforeprint", () => {
  folded = [...document.querySelectorAll("details:not([open])")];
  for (const one of folded) one.open = true;
});
addEventListener("afterprint", () => {
  for (const one of folded) one.open = false;
});
