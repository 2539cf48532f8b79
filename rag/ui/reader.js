// Runs once when the place for the page beside the chat is there.
const ZOOMS = [1, 1.4, 2, 2.8];
let zoom = 0;

const close = () => {
  trigger("close");
  document.querySelector("#question textarea")?.focus();
};

const show = () => {
  const sheet = element.querySelector(".sheet");
  if (sheet) sheet.style.width = `${100 * ZOOMS[zoom]}%`;
};

element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.step) trigger("step", { by: button.dataset.step });
  if (button.dataset.zoom) {
    zoom = Math.min(ZOOMS.length - 1, Math.max(0, zoom + Number(button.dataset.zoom)));
    show();
  }
  if (button.dataset.page) trigger("go", { page: button.dataset.page });
  if (button.dataset.ask) {
    trigger("ask", { paper: button.dataset.ask });
    if (window.innerWidth <= 900) close(); // it lies over the chat there
  }
  if (button.classList.contains("close")) close();
});

element.addEventListener("keydown", (event) => {
  if (event.key === "Escape") close();
  if (event.key === "PageDown") trigger("step", { by: "1" });
  if (event.key === "PageUp") trigger("step", { by: "-1" });
});

watch("value", () => {
  show();
  const box = element.querySelector(".sheet-box");
  const mark = element.querySelector(".marked");
  if (box) box.scrollTop = mark ? mark.offsetTop - box.clientHeight / 3 : 0;
  element.querySelector("h2")?.focus({ preventScroll: true });
});
