// Runs once: a number of papers in the head leads to these papers in the list.
const show = (state) => {
  const select = document.querySelector('#shelf [data-filter="state"]');
  if (!select) return setTimeout(show, 100, state); // the list comes when its tab is first opened
  select.value = state;
  select.dispatchEvent(new Event("input", { bubbles: true }));
};

element.addEventListener("click", (event) => {
  const { state } = event.target.closest("button")?.dataset ?? {};
  if (!state) return;
  document.querySelector('#tabs [data-tab-id="library"]').click();
  show(state);
});
