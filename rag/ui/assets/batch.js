// Runs once when the answers of a batch have their place: a click on a page of theirs opens it beside them.
element.addEventListener("click", (event) => {
  const { paper, page } = event.target.closest("button")?.dataset ?? {};
  if (paper) trigger("open", { paper, page });
});
