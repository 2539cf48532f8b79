// Runs once when the answers of a file have their place: a page of theirs opens beside them.
element.addEventListener("click", (event) => {
  const { paper, page } = event.target.closest("button")?.dataset ?? {};
  if (paper) trigger("open", { paper, page });
});
