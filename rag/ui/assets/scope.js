// Runs once when the line above the question box is there: its button has all papers asked again.
element.addEventListener("click", (event) => {
  if (event.target.closest("button")) trigger("clear");
});

// The options are closed by a click elsewhere, and by a new question (chat.js).
let byTab = false; // whether the focus moves by the Tab key
const closeOptions = ({ target }) => {
  byTab = false;
  if (!target.closest("#options")) document.querySelector("#options > button.open")?.click();
};
document.addEventListener("pointerdown", closeOptions, true);

// gradio opens a dropdown as soon as it has the focus: whoever tabs past it would see all papers.
document.addEventListener("keydown", ({ key }) => (byTab = key === "Tab"), true);
document.addEventListener("focusin", ({ target }) => {
  if (!byTab || !target.matches("#options [role=combobox]")) return;
  const escape = new KeyboardEvent("keydown", { key: "Escape", bubbles: true });
  setTimeout(() => target.dispatchEvent(escape));
});
