// Runs once when the table of the list is on the page: searches, filters and sorts it.  Of a long list the
// page has only the first rows, and the server does that.
const DEBOUNCE_MS = 150; // of typing, before the server is asked
let sorted = null; // the column, and whether it is ascending
let pages = 1; // of a long list
let timer;

const isPart = () => element.querySelector("[data-n-listed]") !== null;

// The search, filters and order as JSON for the server; "" for the whole list.
const view = () => {
  const chosen = { find: element.querySelector("[data-search]").value };
  for (const select of element.querySelectorAll("[data-filter]")) chosen[select.dataset.filter] = select.value;
  const isAll = !sorted && pages === 1 && !Object.values(chosen).some(Boolean);
  return isAll ? "" : JSON.stringify({ ...chosen, ...sorted, pages });
};
const requestView = () => {
  clearTimeout(timer);
  timer = setTimeout(() => trigger("view", { view: view() }), DEBOUNCE_MS);
};

const rows = () => [...element.querySelectorAll("tbody tr")];

const matches = (row) => {
  const wanted = (element.querySelector("[data-search]")?.value ?? "").toLowerCase().trim().split(/\s+/);
  const chosen = [...element.querySelectorAll("[data-filter]")].filter((select) => select.value);
  const values = JSON.parse(row.dataset.values); // of the row, for each filter
  return (
    wanted.every((word) => row.dataset.searchText.includes(word)) &&
    chosen.every((select) => values[select.dataset.filter].includes(select.value))
  );
};

const showCount = (shown, all) => {
  const count = element.querySelector(".match-count");
  if (count) count.textContent = all ? `${shown} / ${all}` : "";
  const noMatch = element.querySelector(".no-match");
  if (noMatch) noMatch.hidden = shown > 0;
};

const filter = () => {
  let shown = 0;
  for (const row of rows()) {
    row.hidden = !matches(row);
    shown += !row.hidden;
  }
  showCount(shown, rows().length);
};

const sort = () => {
  const valueOf = (row) => row.cells[sorted.column].innerText.trim();
  const sign = sorted.up ? 1 : -1;
  const compare = (a, b) => (a && b ? sign * a.localeCompare(b, undefined, { numeric: true }) : !a - !b); // "" last
  const ordered = rows().sort((a, b) => compare(valueOf(a), valueOf(b)));
  element.querySelector("tbody").append(...ordered);
};

const updateHeaders = () => {
  element.querySelectorAll("th[aria-sort]").forEach((header, i) => {
    header.setAttribute("aria-sort", i !== sorted?.column ? "none" : sorted.up ? "ascending" : "descending");
  });
};

// The search, a filter or the order has changed.
const viewChanged = () => {
  pages = 1;
  update();
};

const update = () => {
  if (!element.querySelector(".paper-table")) return;
  if (sorted) updateHeaders();
  if (isPart()) {
    const { nFound, nListed, view: sentView } = element.querySelector("[data-n-listed]").dataset;
    showCount(Number(nFound), nListed);
    if (sentView !== view()) requestView();
  } else {
    if (sorted) sort();
    filter();
  }
};

element.addEventListener("input", ({ target }) => {
  if ("sortBy" in target.dataset) sorted = { column: Number(target.value[0]), up: target.value[1] === "+" };
  viewChanged();
});

// The row of the open paper is marked.
const reader = document.querySelector("#reader");
const markOpenPaper = () => {
  const paper = reader.querySelector("[data-ask]")?.dataset.ask;
  for (const row of rows()) row.ariaCurrent = row.querySelector("[data-paper]").dataset.paper === paper ? "true" : null;
};
new MutationObserver(markOpenPaper).observe(reader, { childList: true, subtree: true });

// An open page makes the table narrower and its rows higher: the row that was clicked stays where it is.
const OPENING_MS = 3000; // within which the page opens
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
    viewChanged();
  }
  if ("showMore" in button.dataset) {
    pages += 1;
    update();
  }
  if ("showAll" in button.dataset) {
    element.querySelectorAll("[data-search], [data-filter]").forEach((field) => (field.value = ""));
    viewChanged();
  }
  const { action, paper, confirm } = button.dataset;
  if (action === "read-paper") {
    const row = button.closest("tr");
    clicked = { row, top: row.getBoundingClientRect().top };
    setTimeout(() => (clicked = null), OPENING_MS);
  }
  if (action && (!confirm || window.confirm(confirm))) trigger("action", { action, paper });
});

watch("value", () => {
  update();
  markOpenPaper();
});
update();
