// typing.js as an ES module. `watch(root, options)` listens to `root`, a document or an element, and
// returns a function that stops it. Options: `url` of the endpoint, `conversation` id (unless the
// editors are marked with it: data-fin-typing="42"), `selector` of the editors (unless marked),
// `csrfToken` (else the page's hidden input, else Django's cookie is read).
import "./typing.js";

export const { watch } = globalThis.finTyping;
