/* The builder while an answer is on its way: what is pressed waits, and what is typed stays.

   The answer replaces the sheet, and often the button that was pressed meanwhile: htmx would forget which one it
   was. So a press waits here until the page is up to date. And a figure that was typed after the question was
   sent is not in the answer: it is put back into its field. */

const form = document.getElementById("builder");
const waiting = [];
let running = 0;
let sent = new Map();
let typed = new Map();

document.addEventListener("submit", (event) => {
  if (!running || event.target !== form || event.submitter?.matches("[data-plain]")) return;
  event.preventDefault();
  event.stopPropagation();
  if (event.submitter?.value) waiting.push(event.submitter.value);
}, { capture: true });

document.addEventListener("htmx:beforeSend", () => {
  running += 1;
  sent = values();
});

document.addEventListener("htmx:beforeSwap", () => {
  typed = new Map([...values()].filter(([name, value]) => sent.has(name) && sent.get(name) !== value));
});

document.addEventListener("htmx:afterSwap", () => {
  for (const field of fields()) {
    const value = typed.get(key(field));
    if (value === undefined) continue;
    if (isTick(field)) field.checked = value;
    else field.value = value;
  }
});

document.addEventListener("htmx:afterRequest", (event) => {
  running -= 1;
  if (!event.detail.successful) waiting.length = 0;  // what was to be built on is not there
  if (!running && waiting.length) setTimeout(pressNext);  // when htmx has put everything in its place
});

function pressNext() {
  if (running || !waiting.length) return;
  const button = document.createElement("button");
  Object.assign(button, { type: "submit", name: "act", value: waiting.shift(), hidden: true });
  form.append(button);
  button.click();
  button.remove();
}

function fields() {
  return document.querySelectorAll("#sheet :is(input:not([type=hidden]), select, textarea)");
}

function values() {
  return new Map([...fields()].map((field) => [key(field), isTick(field) ? field.checked : field.value]));
}

function key(field) {
  return isTick(field) ? `${field.name}=${field.value}` : field.name;
}

function isTick(field) {
  return field.type === "checkbox" || field.type === "radio";
}
