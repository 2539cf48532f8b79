// Runs once when the head is on the page.  The browser keeps the chats, each under a key of its own,
// so that windows that are open side by side take nothing from one another; whoever logs in here sees
// only the own ones.
const CHATS_KEPT = 20;
const start = () => `askpapers-chat/${encodeURIComponent(props.user)}/`;

const read = (key) => {
  try {
    return { ...JSON.parse(localStorage.getItem(key)), key };
  } catch {
    return { key }; // another hand wrote it
  }
};

// What is kept, the newest first.
const kept = () =>
  Object.keys(localStorage)
    .filter((key) => key.startsWith(start()))
    .map(read)
    .sort((a, b) => (b.at ?? 0) - (a.at ?? 0));

// The oldest give way where there are too many, or where the browser has no room.
const keep = (chat) => {
  const key = start() + chat.id;
  const older = kept().filter((other) => other.key !== key);
  for (const { key } of older.splice(CHATS_KEPT - 1)) localStorage.removeItem(key);
  for (;;) {
    try {
      return localStorage.setItem(key, JSON.stringify({ at: Date.now(), chat }));
    } catch {
      if (!older.length) return;
      localStorage.removeItem(older.pop().key);
    }
  }
};

const draw = () => {
  const fold = element.querySelector(".earlier");
  if (!fold) return;
  const { now } = element.querySelector(".chats").dataset;
  const rows = kept().map(({ key, chat }) => {
    const row = element.querySelector("template").content.cloneNode(true).firstElementChild;
    row.classList.toggle("now", key === start() + now);
    row.querySelector(".open").textContent = chat?.title || "…";
    for (const button of row.querySelectorAll("button")) button.dataset.key = key;
    return row;
  });
  fold.querySelector("ul").replaceChildren(...rows);
  fold.hidden = !rows.length;
};

const fold = () => element.querySelector("details")?.removeAttribute("open");

element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.classList.contains("fresh")) trigger("fresh");
  if (button.classList.contains("open")) trigger("open", { chat: read(button.dataset.key).chat ?? null });
  if (button.classList.contains("forget")) {
    localStorage.removeItem(button.dataset.key);
    draw();
  } else fold();
});

document.addEventListener("click", (event) => {
  if (event.target.isConnected && !element.contains(event.target)) fold();
});
element.addEventListener("keydown", (event) => {
  if (event.key === "Escape") fold();
});

window.addEventListener("storage", draw); // another window kept or deleted one
watch(["value", "user"], draw);
watch("chat", () => {
  if (props.chat) keep(props.chat);
  draw();
});
