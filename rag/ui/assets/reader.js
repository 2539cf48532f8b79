// Runs once when the pane for an open page is there.
const ZOOMS = [1, 1.4, 2, 2.8];
const HEADING_GAP = 12; // pixels between the top of the box and a heading
let zoom = null; // an index of ZOOMS, as soon as one was chosen
let scrolledLeft = 0; // how far the page is scrolled to the right
let requested = null; // what was asked for and has not come yet: the page, the section or 0, the button to focus
let shown = { title: "", page: "" }; // the paper and page shown before
let opener = null; // the element that had the focus before the page opened
let isPushed = Boolean(window.history.state?.reader); // whether Back closes the page instead of leaving the site

const find = (selector) => element.querySelector(selector);
const isOverlay = () => window.matchMedia("(max-width: 900px)").matches; // over the chat, not beside it
const isPhone = () => window.matchMedia("(max-width: 640px)").matches;

// The width of a phone shows the lines of one column, of two one at a time.
const zoomLevel = () => zoom ?? (isPhone() && find(".page-image")?.dataset.columns === "2" ? 2 : 0);

const close = (next = opener) => {
  trigger("close");
  (next?.isConnected ? next : document.querySelector("#question textarea"))?.focus();
};

// Only the box of the picture scrolls, not the chat beside it.  As many highlighted lines as fit are brought
// into view, at least the first; a heading is scrolled to the top.
const scrollToHighlight = () => {
  const box = find(".page-scroller");
  const marks = [...element.querySelectorAll(".quote-highlight, .heading-highlight")];
  if (!box || !marks.length) return;
  const least = (edge) => Math.min(...marks.map(edge));
  const [left, top] = [least((m) => m.offsetLeft), least((m) => m.offsetTop)];
  const width = -least((m) => -m.offsetLeft - m.offsetWidth) - left;
  const height = -least((m) => -m.offsetTop - m.offsetHeight) - top;
  const isHeading = marks[0].classList.contains("heading-highlight");
  box.scrollTop = top - (isHeading ? HEADING_GAP : Math.max(8, (box.clientHeight - height) / 2));
  const ahead = left - Math.max(8, (box.clientWidth - width) / 2);
  box.scrollLeft = Math.max(ahead, marks[0].offsetLeft - box.clientWidth * 0.6);
};

const isVisible = (mark) => {
  const [at, box] = [mark.getBoundingClientRect(), find(".page-scroller").getBoundingClientRect()];
  return at.bottom > box.top && at.top < box.bottom;
};

const applyZoom = () => {
  const sheet = find(".page-image");
  if (sheet) sheet.style.width = `${100 * ZOOMS[zoomLevel()]}%`;
  for (const [by, end] of [["-1", 0], ["1", ZOOMS.length - 1]]) {
    const button = find(`[data-zoom="${by}"]`);
    if (!button) continue;
    if (zoomLevel() === end && button === document.activeElement) find(".page-scroller").focus({ preventScroll: true });
    button.disabled = zoomLevel() === end;
  }
};

// What is in the middle stays there; the highlight stays in view if it was.
const zoomBy = (by) => {
  const [box, mark] = [find(".page-scroller"), find(".quote-highlight")];
  const wasVisible = mark && isVisible(mark);
  const across = (box.scrollLeft + box.clientWidth / 2) / box.scrollWidth;
  const down = (box.scrollTop + box.clientHeight / 2) / box.scrollHeight;
  zoom = Math.min(ZOOMS.length - 1, Math.max(0, zoomLevel() + by));
  applyZoom();
  box.scrollTo(across * box.scrollWidth - box.clientWidth / 2, down * box.scrollHeight - box.clientHeight / 2);
  if (wasVisible) scrollToHighlight();
};

// Pages are counted here and fetched one at a time: clicks come faster than pictures.
const goTo = (page, button, section = 0) => {
  const { number, nPages, section: current } = find(".page-position")?.dataset ?? {};
  if (!(page >= 1 && page <= Number(nPages ?? Infinity))) return;
  const isWaiting = requested !== null;
  if (!isWaiting && page === Number(number) && section === Number(current)) return scrollToHighlight();
  requested = { page, section, button };
  if (!isWaiting) trigger("navigate", { page, section });
};

const step = (by, button) => goTo((requested?.page ?? Number(find(".page-position")?.dataset.number)) + by, button);

const openMenus = () => [...element.querySelectorAll(".menu[open]")];
const closeMenus = () => openMenus().forEach((menu) => (menu.open = false));

element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const { step: by, zoom: larger, page, section, ask } = button.dataset;
  if (by) step(Number(by), `[data-step="${by}"]`);
  if (larger) zoomBy(Number(larger));
  if (page) {
    closeMenus();
    goTo(Number(page), ".sections summary", Number(section));
  }
  if (ask) {
    trigger("ask", { paper: ask });
    if (isOverlay()) close(null);
  }
  if (button.classList.contains("close")) close();
});

document.addEventListener("click", ({ target }) => {
  for (const menu of openMenus()) if (!menu.contains(target)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  const isNear = event.target === document.body || event.target.closest("#reader, #question, #conversation");
  if (event.key !== "Escape" || !isNear || event.defaultPrevented || !find(".reader")) return;
  if (openMenus().length) closeMenus();
  else close();
});
element.addEventListener("keydown", (event) => {
  if (event.key === "PageDown") step(1, ".page-scroller");
  if (event.key === "PageUp") step(-1, ".page-scroller");
});

element.addEventListener(
  "scroll",
  ({ target }) => {
    if (target.matches(".page-scroller")) scrolledLeft = target.scrollLeft;
  },
  true,
);

window.addEventListener("popstate", () => {
  if (!isPushed) return;
  isPushed = false;
  close();
});
const updateHistory = () => {
  const isOpen = find(".reader") !== null;
  if (isOpen === isPushed) return;
  isPushed = isOpen;
  if (isOpen) window.history.pushState({ reader: true }, "");
  else window.history.back();
};

// Turning pages leaves the focus on the button and the column in view; anything else focuses the title.
watch("value", () => {
  const { number: page, section } = find(".page-position")?.dataset ?? {};
  const now = { title: find("h2")?.textContent, page };
  const isOther = now.title !== shown.title;
  const box = find(".page-scroller");
  const column = scrolledLeft; // gradio has made the page narrow again
  applyZoom();
  if (box && (isOther || page !== shown.page)) box.scrollTo(isOther ? 0 : column, 0);
  scrollToHighlight();
  updateHistory();
  const active = document.activeElement;
  if (!isOther && requested !== null) {
    const button = find(requested.button); // it may have gone with the page before
    if (active === document.body || element.contains(active)) {
      (button?.disabled ? box : button)?.focus({ preventScroll: true });
    }
    if (!page || (Number(page) === requested.page && Number(section) === requested.section)) requested = null;
    else trigger("navigate", { page: requested.page, section: requested.section });
  } else {
    requested = null;
    if (!element.contains(active)) opener = active;
    if (isOther || page !== shown.page) find("h2")?.focus({ preventScroll: true });
  }
  shown = now;
});
updateHistory(); // a page that was open before a reload is not open any more
