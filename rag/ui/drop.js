// Runs once where the list can be changed: PDFs dropped anywhere on it go the way of its button.
const library = element.closest("#library");
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
  const other = [...dropped.files].find((file) => !file.name.toLowerCase().endsWith(".pdf"));
  if (other) return trigger("refuse", { name: other.name });
  const input = library.querySelector("#adding input[type=file]");
  input.files = dropped.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
});
