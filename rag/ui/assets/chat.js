// Runs once when the conversation is on the page.  `element`, `trigger` and `watch` are gradio's.
const copy = async (button) => {
  const text = button.dataset.copy;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Only secure addresses have a clipboard; elsewhere the old command works.
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  button.dataset.label ??= button.textContent; // it may be clicked again before its label is back
  button.textContent = button.dataset.copied;
  setTimeout(() => (button.textContent = button.dataset.label ?? button.textContent), 1200);
};

const box = () => document.querySelector("#question textarea");

const cancelEdit = () => {
  trigger("cancel_edit");
  box()?.focus();
};

element.addEventListener("click", (event) => {
  const target = event.target.closest("[data-marker], [data-copy], [data-liked], [data-action], [data-fetch]");
  if (!target) return;
  const { turn, marker, liked, fetch, action } = target.dataset;
  if (target.dataset.copy) copy(target);
  if (fetch) trigger("fetch", { paper: fetch });
  if (liked) trigger("rate", { turn, liked });
  if (action === "retry" || action === "ask_all") trigger(action);
  if (action === "edit") {
    trigger("edit");
    box()?.focus();
  }
  if (action === "cancel_edit") cancelEdit();
  if (marker) {
    event.preventDefault();
    trigger("cite", { turn, marker });
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.target !== box() || !element.querySelector(".editing-note")) return;
  event.preventDefault();
  cancelEdit();
});

// Gradio gives the box's buttons icons but no accessible names.
const labelButtons = () => {
  const labels = document.querySelector("[data-send]")?.dataset;
  if (!labels) return;
  document.documentElement.lang = labels.language;
  for (const [kind, label] of [["submit", labels.send], ["stop", labels.stop]]) {
    const button = document.querySelector(`#question .${kind}-button`);
    if (button && button.ariaLabel !== label) button.ariaLabel = button.title = label;
  }
};
new MutationObserver(labelButtons).observe(document.body, { childList: true, subtree: true });

// If the server stops, the page hears no end of the answer: while nothing arrives, it is asked for a small file.
const CHECK_MS = 4000;
let lastUpdate = Date.now();
const showStop = (display) => {
  const button = document.querySelector("#question .stop-button");
  if (button) button.style.display = display;
};
const checkServer = async () => {
  const unfinished = element.querySelector(".turn:last-child :is(.streaming, .waiting)");
  if (!unfinished || Date.now() - lastUpdate < CHECK_MS) return;
  try {
    await fetch("favicon.ico", { cache: "no-store" });
  } catch {
    const notice = document.createElement("p");
    notice.className = "notice server-gone";
    notice.role = "alert";
    notice.textContent = element.querySelector(".conversation").dataset.serverGone;
    unfinished.closest(".reply").append(notice);
    unfinished.classList.remove("streaming", "waiting");
    unfinished.querySelector(".pulse")?.remove();
    showStop("none");
  }
};
setInterval(checkServer, CHECK_MS);

// A new question is scrolled to the top of the window once, and the options are closed: they would cover
// the answer.  The answer below it scrolls nothing.
let nTurns = 0;
watch("value", () => {
  lastUpdate = Date.now();
  showStop("");
  labelButtons();
  const turns = element.querySelectorAll(".turn");
  const behavior = window.matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
  if (turns.length > nTurns) {
    document.querySelector("#options > button.open")?.click();
    turns[turns.length - 1].scrollIntoView({ block: "start", behavior });
  }
  nTurns = turns.length;
});
