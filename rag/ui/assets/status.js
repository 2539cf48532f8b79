// Runs once: a number of papers in the head leads to these papers in the list.
const LONGEST_MS = 10_000; // the list comes when its tab is first opened, and not while it has problems
let waiting = null;

const show = (state) => {
  const select = document.querySelector('#shelf [data-filter="state"]');
  if (!select) return false;
  select.value = state;
  select.dispatchEvent(new Event("input", { bubbles: true }));
  return true;
};

const showSoon = (state) => {
  waiting?.disconnect();
  if (show(state)) return;
  const observer = new MutationObserver(() => show(state) && observer.disconnect());
  observer.observe(document.body, { childList: true, subtree: true });
  setTimeout(() => observer.disconnect(), LONGEST_MS);
  waiting = observer;
};

element.addEventListener("click", (event) => {
  const { state } = event.target.closest("button")?.dataset ?? {};
  if (!state) return;
  document.querySelector('#tabs [data-tab-id="library"]').click();
  showSoon(state);
});
