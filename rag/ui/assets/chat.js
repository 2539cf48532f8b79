// Runs once when the conversation is on the page.  `element`, `trigger` and `watch` are gradio's.
const copy = async (button) => {
  const words = button.dataset.copy;
  try {
    await navigator.clipboard.writeText(words);
  } catch {
    // Only secure addresses have a clipboard; elsewhere an old way works.
    const area = document.createElement("textarea");
    area.value = words;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  button.dataset.label ??= button.textContent; // it may be pressed again before that is back
  button.textContent = button.dataset.done;
  setTimeout(() => (button.textContent = button.dataset.label ?? button.textContent), 1200);
};

const box = () => document.querySelector("#question textarea");

const restore = () => {
  trigger("restore");
  box()?.focus();
};

element.addEventListener("click", (event) => {
  const found = event.target.closest("[data-marker], [data-copy], [data-liked], [data-do], [data-fetch]");
  if (!found) return;
  const { turn, marker, liked, fetch } = found.dataset;
  if (found.dataset.copy) copy(found);
  if (fetch) trigger("fetch", { paper: fetch });
  if (liked) trigger("rate", { turn, liked });
  if (found.dataset.do === "retry" || found.dataset.do === "everywhere") trigger(found.dataset.do);
  if (found.dataset.do === "edit") {
    trigger("edit");
    box()?.focus();
  }
  if (found.dataset.do === "restore") restore();
  if (marker) {
    event.preventDefault();
    trigger("cite", { turn, marker });
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.target !== box() || !element.querySelector(".editing")) return;
  event.preventDefault();
  restore();
});

// Gradio gives the box's buttons pictures but no names.
const name = () => {
  const words = document.querySelector("[data-send]")?.dataset;
  if (!words) return;
  document.documentElement.lang = words.language;
  for (const [kind, word] of [["submit", words.send], ["stop", words.stop]]) {
    const button = document.querySelector(`#question .${kind}-button`);
    if (button && button.ariaLabel !== word) button.ariaLabel = button.title = word;
  }
};
new MutationObserver(name).observe(document.body, { childList: true, subtree: true });

// Where the server has gone, nothing ends what it was writing: it is asked for something small.
const LOOK_MS = 4000;
let heard = Date.now();
const showStop = (display) => {
  const button = document.querySelector("#question .stop-button");
  if (button) button.style.display = display;
};
const look = async () => {
  const open = element.querySelector(".turn:last-child :is(.writing, .waiting)");
  if (!open || Date.now() - heard < LOOK_MS) return;
  try {
    await fetch("favicon.ico", { cache: "no-store" });
  } catch {
    const told = document.createElement("p");
    told.className = "notice gone";
    told.role = "alert";
    told.textContent = element.querySelector(".talk").dataset.gone;
    open.closest(".reply").append(told);
    open.classList.remove("writing", "waiting");
    open.querySelector(".dots")?.remove();
    showStop("none");
  }
};
setInterval(look, LOOK_MS);

// A new question goes to the top of the window, once, and the choices fold: they would cover its
// answer.  What is written below it moves nothing.
let turns = 0;
watch("value", () => {
  heard = Date.now();
  showStop("");
  name();
  const all = element.querySelectorAll(".turn");
  const behavior = window.matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
  if (all.length > turns) {
    document.querySelector("#options > button.open")?.click();
    all[all.length - 1].scrollIntoView({ block: "start", behavior });
  }
  turns = all.length;
});
