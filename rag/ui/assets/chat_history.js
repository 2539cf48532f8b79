// Runs once when the header is on the page.  The browser stores the chats, each under a key of its own,
// so that windows side by side do not overwrite each other's; users see only their own.
const syncedAt = {}; // when this window last wrote or read each chat, by its key
const forks = {}; // the new ids of chats that this window continues after another window changed them, too
const deletedIds = new Set();
const OPEN_KEY = "askpapers-open"; // where the key of the chat open in this window is stored for a reload
const UNDO_MS = 8_000;
let deleted = null; // the chat that was deleted last, as long as that can be undone
let reopenKey = sessionStorage.getItem(OPEN_KEY); // the chat to open after a reload, until it is open
const keyPrefix = () => `askpapers-chat/${encodeURIComponent(props.user)}/`;

const read = (key) => {
  try {
    return { ...JSON.parse(localStorage.getItem(key)), key };
  } catch {
    return { key }; // not written by this script
  }
};

// The stored chats, the newest first.
const storedChats = () =>
  Object.keys(localStorage)
    .filter((key) => key.startsWith(keyPrefix()))
    .map(read)
    .sort((a, b) => (b.at ?? 0) - (a.at ?? 0));

const currentId = (id) => forks[id] ?? id;

// Whether another window has asked a question in this chat that is not in the chat here.
const isAhead = (key, chat) => {
  const stored = read(key);
  const asked = new Set(chat.exchanges.map(({ question }) => question));
  return stored.at !== syncedAt[key] && stored.chat?.exchanges?.some((e) => !asked.has(e.question));
};

// The oldest are deleted where there are too many, or where the browser has no room.
const save = (chat) => {
  if (deletedIds.has(chat.id)) return;
  if (isAhead(keyPrefix() + currentId(chat.id), chat)) forks[chat.id] = crypto.getRandomValues(new Uint32Array(4)).join("");
  const id = currentId(chat.id);
  const [key, at] = [keyPrefix() + id, Date.now()];
  const older = storedChats().filter((other) => other.key !== key);
  const { maxChats } = element.querySelector(".chat-history").dataset;
  for (const { key } of older.splice(maxChats - 1)) localStorage.removeItem(key);
  syncedAt[key] = at;
  for (;;) {
    try {
      return localStorage.setItem(key, JSON.stringify({ at, chat: { ...chat, id } }));
    } catch {
      if (!older.length) return;
      localStorage.removeItem(older.pop().key);
    }
  }
};

const renderList = () => {
  const menu = element.querySelector(".saved-chats");
  if (!menu) return;
  element.querySelector(".undo").hidden = !deleted;
  const current = currentId(element.querySelector(".chat-history").dataset.chat);
  const chats = storedChats();
  const rendered = JSON.stringify([current, chats.map(({ key, chat }) => [key, chat?.title])]);
  if (rendered === menu.dataset.rendered && menu.querySelector("li")) return; // the focus stays in the list
  menu.dataset.rendered = rendered;
  const rows = chats.map(({ key, chat }) => {
    const row = element.querySelector("template").content.cloneNode(true).firstElementChild;
    row.classList.toggle("current", key === keyPrefix() + current);
    row.querySelector(".open").textContent = chat?.title || "…";
    for (const button of row.querySelectorAll("button")) button.dataset.key = key;
    return row;
  });
  menu.querySelector("ul").replaceChildren(...rows);
  menu.hidden = !rows.length;
};

const closeMenu = () => element.querySelector("details")?.removeAttribute("open");

const showChatTab = () => document.querySelector('#tabs [data-tab-id="chat"]')?.click();

const open = (key, event) => {
  const { at, chat } = read(key);
  syncedAt[key] = at;
  deletedIds.delete(chat?.id);
  delete forks[chat?.id];
  trigger(event, { chat: chat ?? null });
};

// The open chat is opened again after a reload, but not for another user who logs in afterwards.
const rememberOpen = () => {
  const current = element.querySelector(".chat-history")?.dataset.chat;
  if (current === undefined) return;
  const key = reopenKey;
  reopenKey = null;
  if (!current && key?.startsWith(keyPrefix()) && localStorage.getItem(key)) open(key, "reopen");
  else sessionStorage.setItem(OPEN_KEY, current && keyPrefix() + currentId(current));
};

const deleteChat = (key) => {
  const { chat } = element.querySelector(".chat-history").dataset;
  const wasOpen = key === keyPrefix() + currentId(chat);
  const last = (deleted = { key, text: localStorage.getItem(key), wasOpen });
  setTimeout(() => {
    if (deleted !== last) return;
    deleted = null;
    renderList();
  }, UNDO_MS);
  localStorage.removeItem(key);
  renderList();
  if (!wasOpen) return;
  deletedIds.add(chat);
  trigger("new_chat");
};

const undo = () => {
  const { key, text, wasOpen } = deleted;
  deleted = null;
  localStorage.setItem(key, text);
  renderList();
  if (wasOpen && !element.querySelector(".chat-history").dataset.chat) open(key, "open");
};

element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const { key } = button.dataset;
  if (button.classList.contains("delete-chat")) return deleteChat(key);
  if (button.closest(".undo")) undo();
  if (button.classList.contains("new-chat")) {
    showChatTab();
    trigger("new_chat");
  }
  if (button.classList.contains("open")) {
    showChatTab();
    open(key, "open");
  }
  closeMenu();
});

document.addEventListener("click", (event) => {
  if (event.target.isConnected && !element.contains(event.target)) closeMenu();
});
element.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  event.preventDefault();
  closeMenu();
});

window.addEventListener("storage", renderList); // another window saved or deleted one
watch(["value", "user"], () => {
  rememberOpen();
  renderList();
});
watch("chat", () => {
  if (props.chat) save(props.chat);
  rememberOpen();
  renderList();
});
