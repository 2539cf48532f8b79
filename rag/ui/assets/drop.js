// Runs once where the list can be changed: PDFs dropped anywhere on it go the way of its button, and
// other files go no further.
const library = element.closest("#library");
const input = () => library.querySelector("#adding input[type=file]");
const show = (dropping) => library.classList.toggle("dropping", dropping);

library.addEventListener("dragover", (event) => {
  if (!event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "copy";
  show(true);
});
library.addEventListener("dragleave", (event) => {
  if (!library.contains(event.relatedTarget)) show(false);
});
library.addEventListener("drop", (event) => {
  const dropped = event.dataTransfer;
  show(false);
  if (!dropped?.files.length) return;
  event.preventDefault();
  input().files = dropped.files;
  input().dispatchEvent(new Event("change", { bubbles: true }));
});

// Gradio would tell of a wrong file itself, in English, if the button had `file_types`.
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
