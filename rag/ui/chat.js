// Runs once when the conversation is on the page.  `element`, `trigger` and `watch` are gradio's.
element.addEventListener("click", (event) => {
  const example = event.target.closest(".example");
  if (example) trigger("example", { question: example.dataset.question });
  const cited = event.target.closest("[data-marker]");
  if (cited) {
    event.preventDefault();
    trigger("cite", { turn: cited.dataset.turn, marker: cited.dataset.marker });
  }
});

// A new question goes to the top of the window, once; what is written below it moves nothing.
let turns = 0;
watch("value", () => {
  const all = element.querySelectorAll(".turn");
  if (all.length > turns) all[all.length - 1].scrollIntoView({ block: "start", behavior: "smooth" });
  turns = all.length;
});
