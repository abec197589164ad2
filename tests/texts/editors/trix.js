import Trix from "trix";

const element = document.createElement("trix-editor");
document.querySelector("#place").append(element);
await new Promise((resolve) => element.addEventListener("trix-initialize", resolve, { once: true }));
const trix = element.editor;
const toggle = (name) => () => {
  if (trix.attributeIsActive(name)) trix.deactivateAttribute(name);
  else trix.activateAttribute(name);
};
const activate = (name) => () => trix.activateAttribute(name);

window.editor = {
  focus: () => element.focus(),
  html: () => element.value,
  do: {
    heading: (level) => level === 1 && trix.activateAttribute("heading1"),
    paragraph: () => ["heading1", "quote", "code", "bullet", "number"]
      .forEach((name) => trix.deactivateAttribute(name)),
    bold: toggle("bold"),
    italic: toggle("italic"),
    strike: toggle("strike"),
    bullets: activate("bullet"),
    numbers: activate("number"),
    indent: () => trix.increaseNestingLevel(),
    outdent: () => trix.decreaseNestingLevel(),
    quote: activate("quote"),
    codeblock: activate("code"),
    link: (address) => trix.activateAttribute("href", address),
    picture: (address, alt, caption) => {
      const attachment = new Trix.Attachment({
        url: address, contentType: "image/png", filename: "tray.png", filesize: 4096,
        width: 320, height: 200,
      });
      trix.insertAttachment(attachment);
      trix.composition.updateAttributesForAttachment({ caption }, attachment);
    },
    captioned: () => undefined,
  },
};
