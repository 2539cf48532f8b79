// Runs once when the status is on the page: a click on a number of papers shows these papers in the list.
const TIMEOUT_MS = 10_000; // the table comes when its tab is first opened, and not while the list has problems
let pending = null;

const filterByState = (state) => {
  const select = document.querySelector('#library-table [data-filter="state"]');
  if (!select) return false;
  select.value = state;
  select.dispatchEvent(new Event("input", { bubbles: true }));
  return true;
};

const filterWhenReady = (state) => {
  pending?.disconnect();
  if (filterByState(state)) return;
  const observer = new MutationObserver(() => filterByState(state) && observer.disconnect());
  observer.observe(document.body, { childList: true, subtree: true });
  setTimeout(() => observer.disconnect(), TIMEOUT_MS);
  pending = observer;
};

element.addEventListener("click", (event) => {
  const { state } = event.target.closest("button")?.dataset ?? {};
  if (!state) return;
  document.querySelector('#tabs [data-tab-id="library"]').click();
  filterWhenReady(state);
});
