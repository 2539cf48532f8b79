// Runs once when the line above the box is there: its button has all papers asked again.
element.addEventListener("click", (event) => {
  if (event.target.closest("button")) trigger("clear");
});
