// Runs once when the page is there: each tab is found where it was left, the open one also after a
// reload, and folds stay as they are.
const TAB = "askpapers-tab";
const places = {};
const shown = () => document.querySelector('#tabs [role="tab"][aria-selected="true"]')?.dataset.tabId;
let tab = shown();

window.addEventListener("scroll", () => (places[shown()] = window.scrollY), { passive: true });
const place = () => {
  if (shown() === tab) return;
  tab = shown();
  sessionStorage.setItem(TAB, tab);
  window.scrollTo(0, places[tab] ?? 0);
};

// The tabs come a moment after this.
const before = sessionStorage.getItem(TAB);
new MutationObserver((_, observer) => {
  if (!shown()) return;
  observer.disconnect();
  if (before) document.querySelector(`#tabs [data-tab-id="${before}"]`)?.click();
}).observe(document.body, { childList: true, subtree: true });

// What is drawn anew comes with its folds shut, also those that the reader has opened.
const folds = new WeakMap();
document.addEventListener("click", (event) => {
  const fold = event.target.closest("summary")?.parentElement;
  if (fold?.matches(".nearest, .fold")) folds.set(fold, !fold.open);
});

new MutationObserver((changes) => {
  place();
  for (const { target } of changes) if (folds.get(target) && !target.open) target.open = true;
}).observe(document.body, { attributes: true, attributeFilter: ["aria-selected", "open"], subtree: true });
