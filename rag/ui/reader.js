// Runs once when the place for the page beside the chat is there.
const ZOOMS = [1, 1.4, 2, 2.8];
let zoom = window.matchMedia("(max-width: 640px)").matches ? 2 : 0; // a phone's width shows no line to read
let wanted = null; // the page that was leafed to and has not come yet
let pressed = null; // the button to go back to when it comes
let open = { title: "", page: "" }; // what was here before

const close = () => {
  trigger("close");
  document.querySelector("#question textarea")?.focus();
};

const find = (selector) => element.querySelector(selector);

// Only the picture's own box scrolls: the chat beside it stays where it is.
const toMark = () => {
  const [box, mark] = [find(".sheet-box"), find(".marked")];
  if (!box || !mark) return;
  box.scrollTop = mark.offsetTop - box.clientHeight / 3;
  box.scrollLeft = mark.offsetLeft - Math.max(8, (box.clientWidth - mark.offsetWidth) / 2);
};

const show = () => {
  const sheet = find(".sheet");
  if (sheet) sheet.style.width = `${100 * ZOOMS[zoom]}%`;
  toMark();
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
    show();
  }
  if (button.dataset.page) go(Number(button.dataset.page), ".sections summary");
  if (button.dataset.ask) {
    trigger("ask", { paper: button.dataset.ask });
    if (window.innerWidth <= 900) close(); // it lies over the chat there
  }
  if (button.classList.contains("close")) close();
});

element.addEventListener("keydown", (event) => {
  if (event.key === "Escape") close();
  if (event.key === "PageDown") step(1, ".sheet-box");
  if (event.key === "PageUp") step(-1, ".sheet-box");
});

// Whoever leafs stays on the button; what else opens is told by its title.
watch("value", () => {
  show();
  const now = { title: find("h2")?.textContent, page: find(".steps")?.dataset.number };
  if (now.title === open.title && wanted !== null) {
    const button = find(pressed);
    const active = document.activeElement; // the button may have gone with the page before
    if (active === document.body || element.contains(active)) {
      (button?.disabled ? find(".sheet-box") : button)?.focus({ preventScroll: true });
    }
    if (!now.page || Number(now.page) === wanted) wanted = null;
    else trigger("go", { page: wanted });
  } else {
    wanted = null;
    if (now.title !== open.title || now.page !== open.page) find("h2")?.focus({ preventScroll: true });
  }
  open = now;
});
