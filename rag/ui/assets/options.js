// Runs once when the line above the box is there: its button has all papers asked again.
element.addEventListener("click", (event) => {
  if (event.target.closest("button")) trigger("clear");
});

// The choices fold when anything else is clicked, and when a question is asked (chat.js).
let byTab = false; // whether the focus moves by the Tab key
const click = ({ target }) => {
  byTab = false;
  if (!target.closest("#options")) document.querySelector("#options > button.open")?.click();
};
document.addEventListener("pointerdown", click, true);

// gradio opens a list as soon as its box has the focus: whoever only passes by would see all papers.
document.addEventListener("keydown", ({ key }) => (byTab = key === "Tab"), true);
document.addEventListener("focusin", ({ target }) => {
  if (!byTab || !target.matches("#options [role=combobox]")) return;
  const escape = new KeyboardEvent("keydown", { key: "Escape", bubbles: true });
  setTimeout(() => target.dispatchEvent(escape));
});
