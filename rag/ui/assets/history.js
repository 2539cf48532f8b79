// Runs once when the head is on the page.  The browser keeps the chats, each under a key of its own,
// so that windows that are open side by side take nothing from one another; whoever logs in here sees
// only the own ones.
const written = {}; // when this window wrote or read each chat, by its key
const forks = {}; // the ids under which this window goes on with chats that others changed, too
const forgotten = new Set();
const OPEN = "askpapers-open"; // the key of the chat that is open in this window, for a reload
const UNDO_MS = 8_000;
let deleted = null; // the chat that was deleted last, as long as that can be undone
let before = sessionStorage.getItem(OPEN); // until it is open again
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

const idOf = (id) => forks[id] ?? id;

// Whether another window has asked something in this chat that the chat here does not know.
const isAhead = (key, chat) => {
  const there = read(key);
  const asked = new Set(chat.exchanges.map(({ question }) => question));
  return there.at !== written[key] && there.chat?.exchanges?.some((e) => !asked.has(e.question));
};

// The oldest give way where there are too many, or where the browser has no room.
const keep = (chat) => {
  if (forgotten.has(chat.id)) return;
  if (isAhead(start() + idOf(chat.id), chat)) forks[chat.id] = crypto.getRandomValues(new Uint32Array(4)).join("");
  const id = idOf(chat.id);
  const [key, at] = [start() + id, Date.now()];
  const older = kept().filter((other) => other.key !== key);
  const { kept: most } = element.querySelector(".chats").dataset;
  for (const { key } of older.splice(most - 1)) localStorage.removeItem(key);
  written[key] = at;
  for (;;) {
    try {
      return localStorage.setItem(key, JSON.stringify({ at, chat: { ...chat, id } }));
    } catch {
      if (!older.length) return;
      localStorage.removeItem(older.pop().key);
    }
  }
};

const draw = () => {
  const fold = element.querySelector(".earlier");
  if (!fold) return;
  element.querySelector(".undo").hidden = !deleted;
  const now = idOf(element.querySelector(".chats").dataset.now);
  const all = kept();
  const seen = JSON.stringify([now, all.map(({ key, chat }) => [key, chat?.title])]);
  if (seen === fold.dataset.seen && fold.querySelector("li")) return; // whoever is in the list stays
  fold.dataset.seen = seen;
  const rows = all.map(({ key, chat }) => {
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

// Another chat is seen where chats are.
const toChat = () => document.querySelector('#tabs [data-tab-id="chat"]')?.click();

const open = (key, what) => {
  const { at, chat } = read(key);
  written[key] = at;
  forgotten.delete(chat?.id);
  delete forks[chat?.id];
  trigger(what, { chat: chat ?? null });
};

// The chat that is open stays open after a reload; somebody else's is not opened to who logs in after them.
const remember = () => {
  const now = element.querySelector(".chats")?.dataset.now;
  if (now === undefined) return;
  const key = before;
  before = null;
  if (!now && key?.startsWith(start()) && localStorage.getItem(key)) open(key, "reopen");
  else sessionStorage.setItem(OPEN, now && start() + idOf(now));
};

const forget = (key) => {
  const { now } = element.querySelector(".chats").dataset;
  const wasOpen = key === start() + idOf(now);
  const last = (deleted = { key, text: localStorage.getItem(key), wasOpen });
  setTimeout(() => {
    if (deleted !== last) return;
    deleted = null;
    draw();
  }, UNDO_MS);
  localStorage.removeItem(key);
  draw();
  if (!wasOpen) return;
  forgotten.add(now);
  trigger("fresh");
};

const undo = () => {
  const { key, text, wasOpen } = deleted;
  deleted = null;
  localStorage.setItem(key, text);
  draw();
  if (wasOpen && !element.querySelector(".chats").dataset.now) open(key, "open");
};

element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const { key } = button.dataset;
  if (button.classList.contains("forget")) return forget(key);
  if (button.closest(".undo")) undo();
  if (button.classList.contains("fresh")) {
    toChat();
    trigger("fresh");
  }
  if (button.classList.contains("open")) {
    toChat();
    open(key, "open");
  }
  fold();
});

document.addEventListener("click", (event) => {
  if (event.target.isConnected && !element.contains(event.target)) fold();
});
element.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  event.preventDefault();
  fold();
});

window.addEventListener("storage", draw); // another window kept or deleted one
watch(["value", "user"], () => {
  remember();
  draw();
});
watch("chat", () => {
  if (props.chat) keep(props.chat);
  remember();
  draw();
});
