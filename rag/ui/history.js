// Runs once when the list of chats is on the page.
const fold = () => element.querySelector("details")?.removeAttribute("open");

element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.classList.contains("fresh")) trigger("fresh");
  if (button.dataset.forget) trigger("forget", { id: button.dataset.forget });
  if (button.dataset.id) trigger("open", { id: button.dataset.id });
  if (!button.dataset.forget) fold();
});

document.addEventListener("click", (event) => {
  if (!element.contains(event.target)) fold();
});
element.addEventListener("keydown", (event) => {
  if (event.key === "Escape") fold();
});
