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
  const ordered = rows().sort((a, b) => way * of(a).localeCompare(of(b), undefined, { numeric: true }));
  element.querySelector("tbody").append(...ordered);
  element.querySelectorAll("th[aria-sort]").forEach((head, i) => {
    head.setAttribute("aria-sort", i !== sorted.column ? "none" : sorted.up ? "ascending" : "descending");
  });
};

element.addEventListener("input", filter);
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
  if (does && (!sure || window.confirm(sure))) trigger("does", { does, paper });
});

watch("value", () => {
  sort();
  filter();
});
filter();
