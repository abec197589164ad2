// Tells the helpdesk, which tells Fin, that an agent is typing.
//
// As a plain script ({% fin_typing conversation %}) it starts by itself, with the attributes of its
// own tag. As a module it only offers `watch`: import it from typing.mjs, which holds no logic.
//
// Whatever fires "input" and leaves text counts as typing: keys, an input method's composition,
// paste, drop, dictation, a canned answer that a script puts in. Moving the cursor does not.
(() => {
  "use strict";
  const EVERY = 1000;
  const PAUSE = 60000; // after a refusal: logged out, not Fin's conversation
  const TEXT = "textarea, input:not([type]), input[type=text], input[type=search]";
  const PRIVATE = '[data-fin-private]:not([data-fin-private="false"])';

  // Shared by all tags of a page: when each conversation may be told of again.
  const { next } = globalThis.finTyping ?? { next: new Map() };

  function watch(root, { url, conversation, selector, csrfToken, form, tag }) {
    const page = root.ownerDocument ?? root;

    // Looked up at each event, so that editors may come and go.
    function editorOf(field) {
      if (page.querySelector("[data-fin-typing]")) return field.closest("[data-fin-typing]");
      if (selector) return field.closest(selector);
      return form && field.form === form && field.matches("textarea") ? field : null;
    }

    function textOf(field) {
      if (field.isContentEditable) return field.textContent;
      return field.matches(TEXT) ? field.value : "";
    }

    // Where no form says what belongs together, any chosen "private" is taken for this editor's.
    function isPrivate(field) {
      const around = field.form ?? field.closest("form") ?? page;
      return field.closest(PRIVATE) ?? around.querySelector("[data-fin-private]:checked");
    }

    function typed(event) {
      if (tag && !tag.isConnected) return stop(); // the page was drawn anew, around us
      const field = event.composedPath()[0];
      const editor = editorOf(field) ?? (field !== event.target && editorOf(event.target));
      if (editor && textOf(field).trim() && !isPrivate(field)) {
        tell(editor.dataset.finTyping || conversation);
      }
    }

    function tell(id) {
      const now = performance.now();
      if (!id || now < (next.get(id) ?? 0)) return;
      next.set(id, now + EVERY);
      fetch(url, {
        method: "POST",
        keepalive: true, // what was typed just before leaving the page counts as well
        redirect: "manual", // to a login page: a refusal like any other
        headers: { "Content-Type": "application/json", "X-CSRFToken": token() },
        body: JSON.stringify({ conversation_id: id }),
      }).then(
        ({ ok, status }) => { if (!ok && status < 500) next.set(id, now + PAUSE); },
        () => {}, // no network: the next keystroke tries again
      );
    }

    function token() {
      return csrfToken
        || page.querySelector("input[name=csrfmiddlewaretoken]")?.value
        || /(?:^|; )csrftoken=([^;]*)/.exec(document.cookie)?.[1]
        || "";
    }

    const stop = () => root.removeEventListener("input", typed);
    root.addEventListener("input", typed);
    return stop;
  }

  globalThis.finTyping ??= { watch, next };
  const tag = document.currentScript;
  if (tag) watch(document, { ...tag.dataset, form: tag.closest("form"), tag });
})();
