// Runs once when the table of the list is on the page: finds, filters and sorts without asking anyone.
let sorted = null; // the column, and whether it goes up

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

const filter = () => {
  let shown = 0;
  for (const row of rows()) {
    row.hidden = !fits(row);
    shown += !row.hidden;
  }
  const count = element.querySelector(".count");
  if (count) count.textContent = rows().length ? `${shown} / ${rows().length}` : "";
  const none = element.querySelector(".none");
  if (none) none.hidden = shown > 0;
};

const sort = () => {
  if (!sorted) return;
  const of = (row) => row.cells[sorted.column].innerText.trim();
  const way = sorted.up ? 1 : -1;
  const compare = (a, b) => (a && b ? way * a.localeCompare(b, undefined, { numeric: true }) : !a - !b); // "" last
  const ordered = rows().sort((a, b) => compare(of(a), of(b)));
  element.querySelector("tbody").append(...ordered);
  element.querySelectorAll("th[aria-sort]").forEach((head, i) => {
    head.setAttribute("aria-sort", i !== sorted.column ? "none" : sorted.up ? "ascending" : "descending");
  });
};

element.addEventListener("input", ({ target }) => {
  if ("by" in target.dataset) {
    sorted = { column: Number(target.value[0]), up: target.value[1] === "+" };
    sort();
  } else filter();
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
    sort();
  }
  if ("all" in button.dataset) {
    element.querySelectorAll("[data-find], [data-filter]").forEach((field) => (field.value = ""));
    filter();
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
  sort();
  filter();
  mark();
});
filter();
