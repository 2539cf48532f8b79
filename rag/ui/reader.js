// Runs once when the place for the page beside the chat is there.
const ZOOMS = [1, 1.4, 2, 2.8];
let zoom = window.matchMedia("(max-width: 640px)").matches ? 2 : 0; // a phone's width shows no line to read
const MARGIN = 0.09; // of a page's width: nothing to read
let left = 0; // how far the page is scrolled to the right
let wanted = null; // the page that was leafed to and has not come yet
let pressed = null; // the button to go back to when it comes
let open = { title: "", page: "" }; // what was here before
let opener = null; // what had the focus before that
let isPushed = Boolean(window.history.state?.reader); // whether the browser's Back closes the page instead of leaving the site

const find = (selector) => element.querySelector(selector);
const liesOver = () => window.matchMedia("(max-width: 900px)").matches; // over the chat, not beside it

const close = (next = opener) => {
  trigger("close");
  (next?.isConnected ? next : document.querySelector("#question textarea"))?.focus();
};

// Only the picture's own box scrolls: the chat beside it stays where it is.  All marked lines are
// brought into view as far as they fit, the first of them in any case.
const toMarks = () => {
  const box = find(".sheet-box");
  const marks = [...element.querySelectorAll(".marked")];
  if (!box || !marks.length) return;
  const least = (edge) => Math.min(...marks.map(edge));
  const [left, top] = [least((m) => m.offsetLeft), least((m) => m.offsetTop)];
  const width = -least((m) => -m.offsetLeft - m.offsetWidth) - left;
  const height = -least((m) => -m.offsetTop - m.offsetHeight) - top;
  box.scrollTop = top - Math.max(8, (box.clientHeight - height) / 2);
  const ahead = left - Math.max(8, (box.clientWidth - width) / 2);
  box.scrollLeft = Math.max(ahead, marks[0].offsetLeft - box.clientWidth * 0.6);
};

const widen = () => {
  const sheet = find(".sheet");
  if (sheet) sheet.style.width = `${100 * ZOOMS[zoom]}%`;
  for (const [by, end] of [["-1", 0], ["1", ZOOMS.length - 1]]) {
    const button = find(`[data-zoom="${by}"]`);
    if (!button) continue;
    if (zoom === end && button === document.activeElement) find(".sheet-box").focus({ preventScroll: true });
    button.disabled = zoom === end;
  }
};

// Pages are counted here, and fetched one after the other: clicks come faster than pictures.
const go = (page, button) => {
  const { number, of } = find(".steps")?.dataset ?? {};
  if (!(page >= 1 && page <= Number(of ?? Infinity))) return;
  const waits = wanted !== null;
  if (!waits && page === Number(number)) return;
  [wanted, pressed] = [page, button];
  if (!waits) trigger("go", { page });
};

const step = (by, button) => go((wanted ?? Number(find(".steps")?.dataset.number)) + by, button);

element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.step) step(Number(button.dataset.step), `[data-step="${button.dataset.step}"]`);
  if (button.dataset.zoom) {
    zoom = Math.min(ZOOMS.length - 1, Math.max(0, zoom + Number(button.dataset.zoom)));
    widen();
    toMarks();
  }
  if (button.dataset.page) go(Number(button.dataset.page), ".sections summary");
  if (button.dataset.ask) {
    trigger("ask", { paper: button.dataset.ask });
    if (liesOver()) close(null);
  }
  if (button.classList.contains("close")) close();
});

document.addEventListener("keydown", (event) => {
  const isNear = event.target === document.body || event.target.closest("#reader, #question, #talk");
  if (event.key === "Escape" && isNear && !event.defaultPrevented && find(".reader")) close();
});
element.addEventListener("keydown", (event) => {
  if (event.key === "PageDown") step(1, ".sheet-box");
  if (event.key === "PageUp") step(-1, ".sheet-box");
});

element.addEventListener(
  "scroll",
  ({ target }) => {
    if (target.matches(".sheet-box")) left = target.scrollLeft;
  },
  true,
);

window.addEventListener("popstate", () => {
  if (!isPushed) return;
  isPushed = false;
  close();
});
const mindBack = () => {
  const isOpen = find(".reader") !== null;
  if (isOpen === isPushed) return;
  isPushed = isOpen;
  if (isOpen) window.history.pushState({ reader: true }, "");
  else window.history.back();
};

// Whoever leafs stays on the button, and at the same column; what else opens is told by its title.
watch("value", () => {
  const now = { title: find("h2")?.textContent, page: find(".steps")?.dataset.number };
  const isOther = now.title !== open.title;
  const box = find(".sheet-box");
  const column = left; // gradio has made the page narrow again
  widen();
  if (box && (isOther || now.page !== open.page)) {
    const margin = box.scrollWidth > box.clientWidth ? MARGIN * box.scrollWidth : 0;
    box.scrollTo(isOther ? margin : column, 0);
  }
  toMarks();
  mindBack();
  const active = document.activeElement;
  if (!isOther && wanted !== null) {
    const button = find(pressed); // it may have gone with the page before
    if (active === document.body || element.contains(active)) {
      (button?.disabled ? box : button)?.focus({ preventScroll: true });
    }
    if (!now.page || Number(now.page) === wanted) wanted = null;
    else trigger("go", { page: wanted });
  } else {
    wanted = null;
    if (!element.contains(active)) opener = active;
    if (isOther || now.page !== open.page) find("h2")?.focus({ preventScroll: true });
  }
  open = now;
});
mindBack(); // a page that was open before a reload is not open any more
