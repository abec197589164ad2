// The ticket page: sends replies and saves properties without leaving the page.

import { announce, keepLive } from "./live.js";

const composer = document.getElementById("composer");
const text = composer.elements.text;
const files = composer.elements.uploads;
const error = document.getElementById("composer-error");
const timeline = document.getElementById("timeline");
const draft = `draft-${composer.dataset.ticket}`;

let atEnd = true;
timeline.addEventListener("scroll", () => {
  atEnd = timeline.scrollHeight - timeline.scrollTop - timeline.clientHeight < 60;
});
const showEnd = () => { if (atEnd) timeline.scrollTop = timeline.scrollHeight; };
showEnd();
new ResizeObserver(showEnd).observe(timeline);

const refreshNow = keepLive(showEnd);

async function post(form, body) {
  const response = await fetch(form.action, {
    method: "POST",
    body,
    headers: { Accept: "application/json", "X-CSRFToken": composer.elements.csrfmiddlewaretoken.value },
  });
  if (response.status === 204) return "Done";
  const answer = await response.json().catch(() => ({ message: "That did not work. Is the server there?" }));
  if (!response.ok) throw new Error(answer.message ?? answer.detail);
  return answer.message;
}

// --- Replying

composer.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (composer.dataset.sending) return;
  composer.dataset.sending = "yes";
  error.textContent = "";
  try {
    const message = await post(composer, new FormData(composer, event.submitter));
    text.value = files.value = "";
    sessionStorage.removeItem(draft);
    fit();
    nameFiles();
    atEnd = true;
    announce(message);
    await refreshNow();
  } catch (problem) {
    error.textContent = problem.message;
  } finally {
    delete composer.dataset.sending;
    text.focus();
  }
});

text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    composer.requestSubmit(composer.querySelector("button.primary"));
  }
});

text.addEventListener("input", () => {
  sessionStorage.setItem(draft, text.value);
  fit();
});

function fit() {
  text.style.height = "auto";
  text.style.height = `${Math.min(text.scrollHeight + 2, 260)}px`;
}

function showMode() {
  const note = composer.querySelector("[data-fin-private]").checked;
  composer.classList.toggle("is-note", note);
  text.placeholder = note ? text.dataset.note : text.dataset.reply;
  composer.querySelector("button.primary").textContent = note ? "Save note" : "Send";
  composer.elements.solve.hidden = note;
}

function nameFiles() {
  const names = [...files.files].map((file) => file.name).join(", ");
  document.getElementById("chosen-files").textContent = names || "Add files";
}

for (const choice of composer.elements.internal) choice.addEventListener("change", showMode);
files.addEventListener("change", nameFiles);
text.value ||= sessionStorage.getItem(draft) ?? "";
showMode();
fit();

// --- Properties: each saves itself

async function save(form) {
  form.dataset.saving = "yes";
  try {
    announce(await post(form, new FormData(form)));
    for (const input of form.querySelectorAll("input:not([type])")) {
      if ("transient" in input.dataset) input.value = "";
      else input.defaultValue = input.value;
    }
  } catch (problem) {
    announce(problem.message);
    form.reset();
  } finally {
    delete form.dataset.saving;
    await refreshNow();
  }
}

document.addEventListener("change", (event) => {
  const form = event.target.closest("form.property");
  if (form && !("saving" in form.dataset)) save(form);
});

document.addEventListener("submit", (event) => {
  if (event.target === composer || !event.target.closest(".ticket")) return;
  event.preventDefault();
  // Leaving the field fires "change", which saves; Enter in an unchanged one has nothing to save.
  if (event.submitter) save(event.target);
  else document.activeElement.blur();
});

const toggle = document.querySelector(".panel-toggle");
toggle.addEventListener("click", () => {
  const open = toggle.getAttribute("aria-expanded") !== "true";
  toggle.setAttribute("aria-expanded", open);
});
