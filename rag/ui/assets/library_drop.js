// Runs once where the list can be changed: PDFs dropped anywhere on the tab are uploaded by its button;
// other files are refused.
const library = element.closest("#library");
const input = () => library.querySelector("#add-form input[type=file]");
const highlight = (isDropTarget) => library.classList.toggle("drop-target", isDropTarget);

library.addEventListener("dragover", (event) => {
  if (!event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "copy";
  highlight(true);
});
library.addEventListener("dragleave", (event) => {
  if (!library.contains(event.relatedTarget)) highlight(false);
});
library.addEventListener("drop", (event) => {
  const dropped = event.dataTransfer;
  highlight(false);
  if (!dropped?.files.length) return;
  event.preventDefault();
  input().files = dropped.files;
  input().dispatchEvent(new Event("change", { bubbles: true }));
});

// With `file_types` on the button, gradio would refuse other files itself, in English.
library.addEventListener("click", () => (input().accept = ".pdf"), true);
library.addEventListener(
  "change",
  (event) => {
    if (event.target !== input()) return;
    const other = [...input().files].find((file) => !file.name.toLowerCase().endsWith(".pdf"));
    if (!other) return;
    event.stopPropagation();
    input().value = "";
    trigger("refuse", { name: other.name });
  },
  true,
);
