// Keeps the parts of a page that others may change up to date, and touches only what differs, so that
// focus, scrolling and whatever is being typed stay as they are.

const EVERY = 1000;
const EVERY_WHILE_HIDDEN = 5000;

let timer = 0;
let running = null;

export function keepLive(afterwards = () => {}) {
  const tick = async () => {
    clearTimeout(timer);
    await refresh(afterwards);
    timer = setTimeout(tick, document.hidden ? EVERY_WHILE_HIDDEN : EVERY);
  };
  document.addEventListener("visibilitychange", () => document.hidden || tick());
  showTimes(document);
  timer = setTimeout(tick, EVERY);
  return tick;
}

function refresh(afterwards) {
  running ??= fetchAndMerge(afterwards).finally(() => { running = null; });
  return running;
}

async function fetchAndMerge(afterwards) {
  const address = new URL(location.href);
  address.searchParams.set("live", "1");
  let text;
  try {
    const response = await fetch(address, { cache: "no-store" });
    if (response.redirected) return location.reload(); // logged out since
    if (!response.ok) throw new Error(response.statusText);
    text = await response.text();
  } catch {
    return connected(false);
  }
  connected(true);
  const fresh = new DOMParser().parseFromString(text, "text/html");
  showTimes(fresh);
  keepToken(fresh);
  for (const part of fresh.querySelectorAll("[data-part]")) {
    const shown = document.getElementById(part.id);
    if (shown) merge(shown, part);
  }
  afterwards();
}

function merge(shown, fresh) {
  const stays = new Set([...fresh.children].map((child) => child.id));
  for (const child of [...shown.children]) if (!stays.has(child.id) && !isBusy(child)) child.remove();
  [...fresh.children].forEach((child, place) => {
    const old = [...shown.children].find((other) => other.id === child.id);
    if (!old) shown.insertBefore(child, shown.children[place] ?? null);
    else {
      if (shown.children[place] !== old) shown.insertBefore(old, shown.children[place] ?? null);
      if (!old.isEqualNode(child) && !isBusy(old)) replace(old, child);
    }
  });
}

function replace(old, fresh) {
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  old.replaceWith(fresh);
  if (focused) (focused.id ? document.getElementById(focused.id) : fresh.querySelector(focused.localName))?.focus();
}

// Somebody is changing it here: what they do wins over what the server says.
function isBusy(node) {
  const typed = [...node.querySelectorAll("input:not([type=checkbox]):not([type=hidden])")];
  return "saving" in node.dataset || node.querySelector("[data-saving]") !== null
    || typed.some((input) => input.value !== input.defaultValue);
}

// Django masks it anew each time, which is no news.
function keepToken(fresh) {
  const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
  for (const input of fresh.querySelectorAll("[name=csrfmiddlewaretoken]")) input.setAttribute("value", token);
}

function connected(is) {
  const place = document.getElementById("connection");
  const words = is ? "" : "Not connected, trying again…";
  if (place && place.textContent !== words) place.textContent = words;
}

export function announce(words) {
  const place = document.getElementById("announcer");
  place.textContent = words;
  place.classList.add("shown");
  clearTimeout(announce.timer);
  announce.timer = setTimeout(() => { place.classList.remove("shown"); place.textContent = ""; }, 2500);
}

function showTimes(root) {
  for (const time of root.querySelectorAll("time[data-clock], .fin-panel time")) time.textContent = clock(new Date(time.dateTime));
  for (const time of root.querySelectorAll("time[data-age]")) time.textContent = age(new Date(time.dateTime));
}

function clock(when) {
  const time = when.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const today = when.toDateString() === new Date().toDateString();
  return today ? time : `${when.toLocaleDateString([], { day: "numeric", month: "short" })}, ${time}`;
}

function age(when) {
  const minutes = Math.floor((Date.now() - when) / 60000);
  if (minutes < 1) return "now";
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h`;
  if (minutes < 7 * 24 * 60) return `${Math.floor(minutes / 1440)} d`;
  return when.toLocaleDateString([], { day: "numeric", month: "short" });
}
