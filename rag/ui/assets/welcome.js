// Runs once when the welcome is on the page: a click on an example asks it.
element.addEventListener("click", (event) => {
  const question = event.target.closest("[data-question]")?.dataset.question;
  if (question) trigger("example", { question });
});
