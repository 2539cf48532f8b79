// Runs once: without this a browser leaves the page for a file that is dropped where nothing takes it.
const blockDrop = (event) => {
  if (event.defaultPrevented || !event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "none";
};
for (const type of ["dragover", "drop"]) document.addEventListener(type, blockDrop);
