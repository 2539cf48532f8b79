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
  const before = button.textContent;
  button.textContent = button.dataset.done;
  setTimeout(() => (button.textContent = before), 1200);
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
    document.querySelector("#question textarea")?.focus();
  }
  if (marker) {
    event.preventDefault();
    trigger("cite", { turn, marker });
  }
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

// A new question goes to the top of the window, once; what is written below it moves nothing.
let turns = 0;
watch("value", () => {
  name();
  const all = element.querySelectorAll(".turn");
  if (all.length > turns) all[all.length - 1].scrollIntoView({ block: "start", behavior: "smooth" });
  turns = all.length;
});
