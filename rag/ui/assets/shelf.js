// Runs once when the table of the list is on the page: finds, filters and sorts by itself.  Of a long
// list it has only the first rows, and asks the server to find, filter and sort.
const PAUSE_MS = 150; // in typing, before the server is asked
let sorted = null; // the column, and whether it goes up
let pages = 1; // of a long list
let pause;

const isPart = () => element.querySelector("[data-listed]") !== null;

// What the visitor is looking for, as the server reads it; "" for everything.
const view = () => {
  const chosen = { find: element.querySelector("[data-find]").value };
  for (const select of element.querySelectorAll("[data-filter]")) chosen[select.dataset.filter] = select.value;
  const isAll = !sorted && pages === 1 && !Object.values(chosen).some(Boolean);
  return isAll ? "" : JSON.stringify({ ...chosen, ...sorted, pages });
};
const look = () => {
  clearTimeout(pause);
  pause = setTimeout(() => trigger("view", { view: view() }), PAUSE_MS);
};

const rows = () => [...element.querySelectorAll("tbody tr")];

const fits = (row) => {
  const wanted = (element.querySelector("[data-find]")?.value ?? "").toLowerCase().trim().split(/\s+/);
  const chosen = [...element.querySelectorAll("[data-filter]")].filter((select) => select.value);
  const values = JSON.parse(row.dataset.fits); // of the row, for each filter
  return (
    wanted.every((word) => row.dataset.words.includes(word)) &&
    chosen.every((select) => values[select.dataset.filter].includes(select.value))
  );
};

const note = (shown, all) => {
  const count = element.querySelector(".count");
  if (count) count.textContent = all ? `${shown} / ${all}` : "";
  const none = element.querySelector(".none");
  if (none) none.hidden = shown > 0;
};

const filter = () => {
  let shown = 0;
  for (const row of rows()) {
    row.hidden = !fits(row);
    shown += !row.hidden;
  }
  note(shown, rows().length);
};

const sort = () => {
  const of = (row) => row.cells[sorted.column].innerText.trim();
  const way = sorted.up ? 1 : -1;
  const compare = (a, b) => (a && b ? way * a.localeCompare(b, undefined, { numeric: true }) : !a - !b); // "" last
  const ordered = rows().sort((a, b) => compare(of(a), of(b)));
  element.querySelector("tbody").append(...ordered);
};

const markHeads = () => {
  element.querySelectorAll("th[aria-sort]").forEach((head, i) => {
    head.setAttribute("aria-sort", i !== sorted?.column ? "none" : sorted.up ? "ascending" : "descending");
  });
};

// What was typed or chosen has changed.
const change = () => {
  pages = 1;
  update();
};

const update = () => {
  if (!element.querySelector(".shelf")) return;
  if (sorted) markHeads();
  if (isPart()) {
    const { found, listed, view: sent } = element.querySelector("[data-listed]").dataset;
    note(Number(found), listed);
    if (sent !== view()) look();
  } else {
    if (sorted) sort();
    filter();
  }
};

element.addEventListener("input", ({ target }) => {
  if ("by" in target.dataset) sorted = { column: Number(target.value[0]), up: target.value[1] === "+" };
  change();
});

// The row of the paper that is open is marked.
const reader = document.querySelector("#reader");
const mark = () => {
  const paper = reader.querySelector("[data-ask]")?.dataset.ask;
  for (const row of rows()) row.ariaCurrent = row.querySelector("[data-paper]").dataset.paper === paper ? "true" : null;
};
new MutationObserver(mark).observe(reader, { childList: true, subtree: true });

// Beside a page the table is narrower and its rows are higher: the one that was clicked stays where it is.
const SOON_MS = 3000; // within which the page comes
let clicked = null; // the row, and where it was
new ResizeObserver(() => {
  if (clicked?.row.isConnected) window.scrollBy(0, clicked.row.getBoundingClientRect().top - clicked.top);
}).observe(element);
element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.sort) {
    const column = Number(button.dataset.sort);
    sorted = { column, up: sorted?.column === column ? !sorted.up : true };
    change();
  }
  if ("more" in button.dataset) {
    pages += 1;
    update();
  }
  if ("all" in button.dataset) {
    element.querySelectorAll("[data-find], [data-filter]").forEach((field) => (field.value = ""));
    change();
  }
  const { does, paper, sure } = button.dataset;
  if (does === "read-paper") {
    const row = button.closest("tr");
    clicked = { row, top: row.getBoundingClientRect().top };
    setTimeout(() => (clicked = null), SOON_MS);
  }
  if (does && (!sure || window.confirm(sure))) trigger("does", { does, paper });
});

watch("value", () => {
  update();
  mark();
});
update();
