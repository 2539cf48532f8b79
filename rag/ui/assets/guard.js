// Runs once. A browser leaves the page for a file that is dropped where nothing takes it.
const hold = (event) => {
  if (event.defaultPrevented || !event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "none";
};
for (const type of ["dragover", "drop"]) document.addEventListener(type, hold);
