// Runs once when the place for the page beside the chat is there.
const ZOOMS = [1, 1.4, 2, 2.8];
const BETWEEN = 12; // pixels between the top of the box and a heading that is gone to
let zoom = null; // an index of ZOOMS, as soon as one was chosen
let left = 0; // how far the page is scrolled to the right
let wanted = null; // what was gone to and has not come yet: a page, a section or 0, the button to go back to
let open = { title: "", page: "" }; // what was here before
let opener = null; // what had the focus before that
let isPushed = Boolean(window.history.state?.reader); // whether the browser's Back closes the page instead of leaving the site

const find = (selector) => element.querySelector(selector);
const liesOver = () => window.matchMedia("(max-width: 900px)").matches; // over the chat, not beside it
const isPhone = () => window.matchMedia("(max-width: 640px)").matches;

// The width of a phone shows the lines of one column, of two one at a time.
const zoomed = () => zoom ?? (isPhone() && find(".sheet")?.dataset.columns === "2" ? 2 : 0);

const close = (next = opener) => {
  trigger("close");
  (next?.isConnected ? next : document.querySelector("#question textarea"))?.focus();
};

// Only the picture's own box scrolls: the chat beside it stays where it is.  All marked lines are
// brought into view as far as they fit, the first of them in any case; a heading comes to the top.
const toMarks = () => {
  const box = find(".sheet-box");
  const marks = [...element.querySelectorAll(".marked, .sought")];
  if (!box || !marks.length) return;
  const least = (edge) => Math.min(...marks.map(edge));
  const [left, top] = [least((m) => m.offsetLeft), least((m) => m.offsetTop)];
  const width = -least((m) => -m.offsetLeft - m.offsetWidth) - left;
  const height = -least((m) => -m.offsetTop - m.offsetHeight) - top;
  const isHeading = marks[0].classList.contains("sought");
  box.scrollTop = top - (isHeading ? BETWEEN : Math.max(8, (box.clientHeight - height) / 2));
  const ahead = left - Math.max(8, (box.clientWidth - width) / 2);
  box.scrollLeft = Math.max(ahead, marks[0].offsetLeft - box.clientWidth * 0.6);
};

const isSeen = (mark) => {
  const [at, box] = [mark.getBoundingClientRect(), find(".sheet-box").getBoundingClientRect()];
  return at.bottom > box.top && at.top < box.bottom;
};

const widen = () => {
  const sheet = find(".sheet");
  if (sheet) sheet.style.width = `${100 * ZOOMS[zoomed()]}%`;
  for (const [by, end] of [["-1", 0], ["1", ZOOMS.length - 1]]) {
    const button = find(`[data-zoom="${by}"]`);
    if (!button) continue;
    if (zoomed() === end && button === document.activeElement) find(".sheet-box").focus({ preventScroll: true });
    button.disabled = zoomed() === end;
  }
};

// What is in the middle stays there; the marks stay in view if they were.
const zoomBy = (by) => {
  const [box, mark] = [find(".sheet-box"), find(".marked")];
  const wasSeen = mark && isSeen(mark);
  const across = (box.scrollLeft + box.clientWidth / 2) / box.scrollWidth;
  const down = (box.scrollTop + box.clientHeight / 2) / box.scrollHeight;
  zoom = Math.min(ZOOMS.length - 1, Math.max(0, zoomed() + by));
  widen();
  box.scrollTo(across * box.scrollWidth - box.clientWidth / 2, down * box.scrollHeight - box.clientHeight / 2);
  if (wasSeen) toMarks();
};

// Pages are counted here, and fetched one after the other: clicks come faster than pictures.
const go = (page, button, section = 0) => {
  const { number, of, at } = find(".pages")?.dataset ?? {};
  if (!(page >= 1 && page <= Number(of ?? Infinity))) return;
  const waits = wanted !== null;
  if (!waits && page === Number(number) && section === Number(at)) return toMarks();
  wanted = { page, section, button };
  if (!waits) trigger("go", { page, section });
};

const step = (by, button) => go((wanted?.page ?? Number(find(".pages")?.dataset.number)) + by, button);

const menus = () => [...element.querySelectorAll(".menu[open]")];
const fold = () => menus().forEach((menu) => (menu.open = false));

element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const { step: by, zoom: larger, page, section, ask } = button.dataset;
  if (by) step(Number(by), `[data-step="${by}"]`);
  if (larger) zoomBy(Number(larger));
  if (page) {
    fold();
    go(Number(page), ".sections summary", Number(section));
  }
  if (ask) {
    trigger("ask", { paper: ask });
    if (liesOver()) close(null);
  }
  if (button.classList.contains("close")) close();
});

document.addEventListener("click", ({ target }) => {
  for (const menu of menus()) if (!menu.contains(target)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  const isNear = event.target === document.body || event.target.closest("#reader, #question, #talk");
  if (event.key !== "Escape" || !isNear || event.defaultPrevented || !find(".reader")) return;
  if (menus().length) fold();
  else close();
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
  const { number: page, at } = find(".pages")?.dataset ?? {};
  const now = { title: find("h2")?.textContent, page };
  const isOther = now.title !== open.title;
  const box = find(".sheet-box");
  const column = left; // gradio has made the page narrow again
  widen();
  if (box && (isOther || page !== open.page)) box.scrollTo(isOther ? 0 : column, 0);
  toMarks();
  mindBack();
  const active = document.activeElement;
  if (!isOther && wanted !== null) {
    const button = find(wanted.button); // it may have gone with the page before
    if (active === document.body || element.contains(active)) {
      (button?.disabled ? box : button)?.focus({ preventScroll: true });
    }
    if (!page || (Number(page) === wanted.page && Number(at) === wanted.section)) wanted = null;
    else trigger("go", { page: wanted.page, section: wanted.section });
  } else {
    wanted = null;
    if (!element.contains(active)) opener = active;
    if (isOther || page !== open.page) find("h2")?.focus({ preventScroll: true });
  }
  open = now;
});
mindBack(); // a page that was open before a reload is not open any more
