// Runs once when the page is there: each tab keeps its scroll position, the open tab is open again after a
// reload, and what the reader has unfolded stays unfolded.
const TAB_KEY = "askpapers-tab";
const scrollPositions = {};
const selectedTab = () => document.querySelector('#tabs [role="tab"][aria-selected="true"]')?.dataset.tabId;
let tab = selectedTab();

window.addEventListener("scroll", () => (scrollPositions[selectedTab()] = window.scrollY), { passive: true });
const restoreScroll = () => {
  if (selectedTab() === tab) return;
  tab = selectedTab();
  sessionStorage.setItem(TAB_KEY, tab);
  window.scrollTo(0, scrollPositions[tab] ?? 0);
};

// The tabs are added a moment after this script has run.
const storedTab = sessionStorage.getItem(TAB_KEY);
new MutationObserver((_, observer) => {
  if (!selectedTab()) return;
  observer.disconnect();
  if (storedTab) document.querySelector(`#tabs [data-tab-id="${storedTab}"]`)?.click();
}).observe(document.body, { childList: true, subtree: true });

// HTML that is rendered again comes folded: what was open before is opened again.
const wasOpen = new WeakMap();
document.addEventListener("click", (event) => {
  const details = event.target.closest("summary")?.parentElement;
  if (details?.matches(".nearest, .fold")) wasOpen.set(details, !details.open);
});

new MutationObserver((changes) => {
  restoreScroll();
  for (const { target } of changes) if (wasOpen.get(target) && !target.open) target.open = true;
}).observe(document.body, { attributes: true, attributeFilter: ["aria-selected", "open"], subtree: true });
