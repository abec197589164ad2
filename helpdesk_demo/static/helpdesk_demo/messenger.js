// The simulated Messenger beside the agents' pages. Whether it is open is remembered.

const messenger = document.getElementById("messenger");
const toggle = document.getElementById("messenger-toggle");
const frame = messenger.querySelector("iframe");
const KEY = "messenger";
const isWide = matchMedia("(min-width: 1000px)");

function show(open) {
  messenger.hidden = !open;
  toggle.setAttribute("aria-expanded", open);
  if (open && !frame.src) frame.src = frame.dataset.src;
}

function choose(open) {
  localStorage.setItem(KEY, open ? "open" : "closed");
  show(open);
}

toggle.addEventListener("click", () => choose(messenger.hidden));
document.getElementById("messenger-close").addEventListener("click", () => {
  choose(false);
  toggle.focus();
});
const showWhereThereIsRoom = () => show(isWide.matches && localStorage.getItem(KEY) !== "closed");
isWide.addEventListener("change", showWhereThereIsRoom);
showWhereThereIsRoom();
