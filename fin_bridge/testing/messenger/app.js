// The Messenger's page: polls its state and shows it. Text goes in as text; only the HTML of
// message bodies is inserted as such, and the server has cleaned it.

const POLL = 500;
const IDENTITY = "fin-messenger-identity";
const OPEN = "fin-messenger-open";
const SUGGESTIONS = [
  "I forgot my password",
  "When do I get my refund?",
  "Where are my invoices?",
  "I want to talk to a person",
];

const $ = (id) => document.getElementById(id);
const shown = new Map(); // what each part of the page was last drawn from

let customer = null; // key
let open = null; // key of a conversation, "" for one that begins, null for the list
let state = { customers: [], conversations: [], activity: [] };

// Drawing

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children.filter((child) => child !== null));
  return made;
}

function changed(part, value) {
  const json = JSON.stringify(value);
  if (shown.get(part) === json) return false;
  shown.set(part, json);
  return true;
}

function portrait(name, { fin = false, photo = null, small = false } = {}) {
  const made = element("div", { className: `portrait${fin ? " fin" : ""}${small ? " small" : ""}` });
  made.setAttribute("aria-hidden", "true");
  if (photo) made.append(element("img", { src: photo, alt: "" }));
  else if (!fin) made.append(initials(name));
  if (!fin) made.style.setProperty("--hue", hue(name));
  return made;
}

function initials(name) {
  const words = name.split(/\s+/u).filter(Boolean);
  return [words[0], words.length > 1 ? words.at(-1) : ""]
    .map((word) => [...(word ?? "")][0] ?? "").join("").toUpperCase();
}

function hue(name) {
  return [...name].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 360, 7);
}

function clock(at, withSeconds = false) {
  const moment = new Date(at);
  return withSeconds
    ? moment.toLocaleTimeString("en-GB")
    : moment.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}

function draw() {
  const view = customer === null ? "identity" : open === null ? "list" : "thread";
  for (const id of ["identity", "list", "thread"]) $(id).hidden = id !== view;
  $("back").hidden = view !== "thread";
  if (view === "identity") drawPeople();
  if (view === "list") drawList();
  if (view === "thread") drawThread(open === "" ? null : state.conversation);
  drawTop(view, view === "thread" ? state.conversation : null);
  drawDrawer();
}

function drawTop(view, conversation) {
  const latest = conversation?.messages?.findLast((message) => !message.is_by_customer);
  const person = conversation && !conversation.is_with_fin ? conversation.assignee : null;
  const name = person ?? (latest?.is_by_fin === false ? latest.author : null);
  const subheading = {
    identity: "A simulated Fin, for this machine only",
    list: state.customer ? `${state.customer.name} · ${state.customer.email ?? ""}` : "",
    thread: threadSubheading(conversation, person, name),
  }[view];
  const status = conversation && conversation.status !== "open" ? conversation.status : "";
  if (!changed("top", [view, name, subheading, status])) return;
  $("heading").textContent = view === "thread" ? name ?? "Fin" : "Messenger";
  $("subheading").textContent = subheading;
  $("who-portrait").replaceWith(portrait(name ?? "Fin", { fin: !name }));
  document.querySelector(".top > .portrait").id = "who-portrait";
  $("status").textContent = status;
  $("status").hidden = !status;
}

function threadSubheading(conversation, person, name) {
  if (!conversation || conversation.is_with_fin) return "AI agent";
  if (person) return "looks after this conversation";
  return name ? "from the team" : "Waiting for a person of the team";
}

function drawPeople() {
  if (!changed("people", state.customers)) return;
  $("people").replaceChildren(...state.customers.map((person) => {
    const lines = element("span", { className: "lines" },
      element("b", { textContent: person.name }),
      element("span", { textContent: person.email ?? "" }));
    const button = element("button", { type: "button" }, portrait(person.name), lines);
    button.addEventListener("click", () => become(person));
    return element("li", {}, button);
  }));
}

function drawList() {
  const first = (state.customer?.name ?? "").split(" ")[0];
  $("greeting").textContent = `Hi ${first}`;
  if (!changed("list", state.conversations)) return;
  const focused = document.activeElement?.dataset?.key;
  const items = state.conversations.map(conversationItem);
  if (!items.length) items.push(element("li", { className: "empty", textContent: "Nothing yet. Your conversations will stand here." }));
  $("conversations").replaceChildren(...items);
  if (focused) document.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
}

function conversationItem(conversation) {
  const said = conversation.author ? `${conversation.author}: ${conversation.preview}` : conversation.preview;
  const preview = conversation.has_failed ? "Something went wrong"
    : conversation.typing ? `${conversation.typing} is typing…` : said;
  const aside = element("span", { className: "aside" },
    element("span", { textContent: conversation.at ? clock(conversation.at) : "" }),
    conversation.unread
      ? element("span", { className: "unread", textContent: conversation.unread, ariaLabel: `${conversation.unread} unread` })
      : element("span", { className: "state", textContent: conversation.status === "open" ? "" : conversation.status }));
  const lines = element("span", { className: "lines" },
    element("b", { textContent: conversation.title }),
    element("span", { textContent: preview }));
  const button = element("button", { type: "button" }, lines, aside);
  button.dataset.key = conversation.key;
  button.addEventListener("click", () => show(conversation.key));
  return element("li", {}, button);
}

function drawThread(conversation) {
  const messages = conversation?.messages ?? [];
  $("hello").hidden = messages.length > 0;
  const scroll = $("scroll");
  const wasAtEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;
  const hasNews = drawMessages(messages);
  const isTyping = drawTyping(conversation);
  drawEnd(conversation);
  if (hasNews && (wasAtEnd || messages.at(-1)?.is_by_customer) || isTyping && wasAtEnd) {
    scroll.scrollTop = scroll.scrollHeight;
  }
}

function drawMessages(messages) {
  const list = $("messages");
  const keys = messages.map((message) => message.key);
  for (const item of [...list.children]) if (!keys.includes(item.dataset.key)) item.remove();
  let hasNews = false;
  messages.forEach((message, index) => {
    const follows = samePerson(messages[index - 1], message);
    const last = !samePerson(message, messages[index + 1]);
    let item = list.children[index];
    if (item?.dataset.key !== message.key) {
      item = [...list.children].find((each) => each.dataset.key === message.key) ?? element("li");
      list.insertBefore(item, list.children[index] ?? null);
    }
    const json = JSON.stringify([message, follows, last]);
    if (item.dataset.json === json) return;
    hasNews = true;
    fillMessage(item, message, follows, last);
    Object.assign(item.dataset, { key: message.key, json });
  });
  return hasNews;
}

function samePerson(one, other) {
  return one !== undefined && other !== undefined
    && one.author === other.author && one.is_by_customer === other.is_by_customer;
}

function fillMessage(item, message, follows, last) {
  const own = message.is_by_customer;
  item.className = ["message", own && "own", follows && "follows", last && "last", message.state]
    .filter(Boolean).join(" ");
  const bubble = element("div", { className: "bubble", innerHTML: message.html });
  bubble.append(...message.attachments.map(attachment));
  const meta = { sending: "Sending…", failed: "Not delivered" }[message.state] ?? clock(message.at);
  const parts = [bubble, element("div", { className: "meta", textContent: meta })];
  if (own) parts.unshift(element("span", { className: "sr", textContent: "You:" }));
  else {
    const name = element("div", { className: "name", textContent: message.author });
    const { author, photo, is_by_fin: fin } = message;
    parts.unshift(name, portrait(author, { fin, photo, small: true }));
  }
  item.replaceChildren(...parts);
}

function attachment({ url, filename, is_image: isImage }) {
  const link = element("a", { className: "attachment", target: "_blank", rel: "noopener noreferrer" });
  if (/^https?:/u.test(url)) link.href = url;
  if (isImage) {
    const image = element("img", { src: url, alt: filename, loading: "lazy" });
    image.addEventListener("error", () => image.replaceWith(filename));
    link.append(image);
  } else {
    link.append($("attach").querySelector("svg").cloneNode(true), element("span", { textContent: filename }));
  }
  return link;
}

function drawTyping(conversation) {
  const name = conversation?.typing ?? (conversation?.is_thinking ? "Fin" : null);
  if (changed("typing", name)) {
    const dots = element("span", { className: "dots" }, element("i"), element("i"), element("i"));
    $("typing").replaceChildren(...(name ? [dots, `${name} is typing`] : []));
  }
  return Boolean(name);
}

function drawEnd(conversation) {
  const text = conversation?.has_failed ? "Something went wrong and your message did not get through."
    : conversation?.is_gone ? "This conversation no longer exists." : "";
  if ($("ended-text").textContent !== text) $("ended-text").textContent = text;
  $("ended").hidden = !text;
  $("composer").hidden = Boolean(text);
}

function drawDrawer() {
  const count = state.violations ?? 0;
  if (changed("violations", count)) {
    $("violations").hidden = count === 0;
    $("violations").textContent = count;
    $("violations").ariaLabel = `${count} violations of the contract`;
    $("verdict").className = count ? "verdict bad" : "verdict";
    $("verdict").textContent = count
      ? `${count} violation${count === 1 ? "" : "s"} of Fin's contract`
      : "All that Fin saw so far keeps to its contract.";
  }
  if ($("drawer").hidden || !changed("activity", state.activity)) return;
  $("activity").replaceChildren(...state.activity.map((entry) => {
    const text = element("span", {}, element("b", { textContent: entry.kind }), ` ${entry.text}`);
    return element("li", { className: `${entry.kind}${entry.is_ok ? "" : " bad"}` },
      element("time", { dateTime: entry.at, textContent: clock(entry.at, true) }), text,
      element("span", { className: "code", textContent: entry.status }));
  }));
}

// Doing

async function ask(path, values) {
  const options = values && {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(values),
  };
  const answer = await fetch(path, options);
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.error);
  return body;
}

function isSeen() {
  return document.visibilityState === "visible" && window.innerHeight > 0 && $("drawer").hidden;
}

let latest = 0;

async function refresh() {
  const asked = ++latest;
  const query = new URLSearchParams({ customer: customer ?? "", conversation: open ?? "", visible: isSeen() ? "1" : "0" });
  const answer = await ask(`/messenger/state?${query}`);
  if (asked !== latest) return; // something newer is on its way
  state = answer;
  if (customer !== null && state.customer === null) await restore();
  if (open && !state.conversation) open = null; // the simulator was started anew
  draw();
}

async function poll() {
  try {
    await refresh();
    $("offline").hidden = true;
  } catch {
    $("offline").hidden = false;
  }
  setTimeout(poll, POLL);
}

function remembered() {
  try {
    return JSON.parse(localStorage.getItem(IDENTITY));
  } catch {
    return null;
  }
}

function remember(person) {
  try {
    localStorage.setItem(IDENTITY, JSON.stringify(person));
  } catch {
    // Storage may be refused inside of a frame; then one chooses again.
  }
}

// A page that shows the Messenger in a frame loads it anew with each of its own pages.
function rememberOpen() {
  try {
    sessionStorage.setItem(OPEN, open ?? "");
  } catch {
    // As above; then one opens the conversation again.
  }
}

function rememberedOpen() {
  try {
    return sessionStorage.getItem(OPEN) || null;
  } catch {
    return null;
  }
}

async function become({ name, email }) {
  const language = navigator.language;
  const person = await ask("/messenger/customers", { name, email, language });
  remember({ name, email });
  customer = person.key;
  show(null);
}

async function restore() {
  const person = remembered();
  customer = null;
  open = null;
  if (person) customer = (await ask("/messenger/customers", person)).key;
}

function show(key) {
  open = key;
  rememberOpen();
  state = { ...state, conversation: null };
  $("error").textContent = "";
  draw();
  refresh().catch(() => {});
  if (key !== null) $("text").focus();
}

async function send(text, fileUrl = "") {
  $("error").textContent = "";
  try {
    const values = { customer, conversation: open ?? "", text, file_url: fileUrl };
    const answer = await ask("/messenger/messages", values);
    open = answer.conversation;
    rememberOpen();
    $("text").value = $("file").value = "";
    attach(false);
    grow();
    await refresh();
  } catch (error) {
    $("error").textContent = error.message;
  }
}

function attach(isWanted) {
  $("file-row").hidden = !isWanted;
  $("attach").setAttribute("aria-expanded", String(isWanted));
  if (isWanted) $("file").focus();
}

function grow() {
  const text = $("text");
  text.style.height = "auto";
  text.style.height = `${text.scrollHeight}px`;
}

function drawer(isWanted) {
  $("drawer").hidden = !isWanted;
  $("drawer-toggle").setAttribute("aria-expanded", String(isWanted));
  shown.delete("activity");
  draw();
  (isWanted ? $("drawer-close") : $("drawer-toggle")).focus();
}

$("identity-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const { name, email } = Object.fromEntries(new FormData(event.target));
  become({ name, email }).catch((error) => { $("identity-error").textContent = error.message; });
});
$("new").addEventListener("click", () => show(""));
$("again").addEventListener("click", () => show(""));
$("back").addEventListener("click", () => { show(null); $("new").focus(); });
$("switch").addEventListener("click", () => { remember(null); customer = null; show(null); });
$("attach").addEventListener("click", () => attach($("file-row").hidden));
$("drawer-toggle").addEventListener("click", () => drawer($("drawer").hidden));
$("drawer-close").addEventListener("click", () => drawer(false));
$("drawer").addEventListener("keydown", (event) => { if (event.key === "Escape") drawer(false); });
$("text").addEventListener("input", grow);
$("text").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  $("composer").requestSubmit();
});
$("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("text").value.trim();
  const fileUrl = $("file").value.trim();
  if (text || fileUrl) send(text, fileUrl);
});
$("suggestions").append(...SUGGESTIONS.map((text) => {
  const button = element("button", { type: "button", textContent: text });
  button.addEventListener("click", () => send(text));
  return button;
}));

await restore().catch(() => {});
if (customer !== null) open = rememberedOpen();
poll();
