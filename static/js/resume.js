/* Takes up a session where this phone left it, and gives an old copy of the page an id and a day of its own. */

import { all, dateIn, deliver, remove } from "./kept.js";

const READ_ANEW = "homestretch-read-anew";  // for which session: once is enough
const isCopy = document.documentElement.hasAttribute("data-copy");

/* Before the screens are built. What the server shows is newer than what was sent from here; what was not sent
   yet is newer than what the server shows. */
export async function resume(form) {
  try {
    const today = dateIn(form.dataset.zone);
    const rows = (await all()).filter((entry) => entry.whose === form.elements.whose.value);
    const left = rows.filter((entry) => !entry.whole && entry.day === today)
      .sort((one, other) => one.at.localeCompare(other.at)).pop();
    if (isCopy) {
      leaveOut(form, rows.filter((entry) => entry.whole));
      return left ? fill(form, left) : begin(form, today);
    }
    if (!left) return undefined;
    const isShown = left.uid === form.elements.uid.value;
    if (isShown && left.state === "sent") return undefined;
    // It may have arrived after this page was made, or gone on elsewhere: sending it again changes nothing, and tells.
    const told = await deliver(left, form.dataset.send);
    if (told.state === "waiting" || isShown) return fill(form, left);
    if (told.state === "goes_on" && sessionStorage.getItem(READ_ANEW) !== left.uid) {
      sessionStorage.setItem(READ_ANEW, left.uid);
      return await new Promise(() => location.reload());  // with it in the page
    }
    await remove(left.uid);
  } catch {
    // No storage: the page stands as it came.
  }
  return undefined;
}

/* A copy may have been used before, and on another day. */
function begin(form, today) {
  clear(form);
  form.elements.uid.value = crypto.randomUUID();
  form.elements.practised_on.value = today;
}

/* What was stopped in a session that waits here is off in the next one, as the clinic does not know of it yet. */
function leaveOut(form, rows) {
  for (const screen of form.querySelectorAll("[data-screen=exercise]")) {
    const { line } = screen.dataset;
    const isOff = rows.some(({ fields }) => fields.some(([name, value]) =>
      (name === `${line}-outcome` && value === "stopped") || (name === "stopped" && value)));
    if (isOff) screen.remove();
  }
}

function fill(form, entry) {
  clear(form);
  for (const [name, value] of entry.fields) {
    const field = form.elements.namedItem(name);
    const one = field instanceof RadioNodeList ? [...field].find((each) => each.value === value) : field;
    if (!one) form.append(hidden(name, value));  // of an exercise that this page does not have
    else if (one.type === "radio" || one.type === "checkbox") one.checked = true;
    else one.value = value;
  }
}

function clear(form) {
  for (const field of form.elements) {
    if (field.type === "radio" || field.type === "checkbox") field.checked = false;
    else if (field.tagName === "SELECT" || field.tagName === "TEXTAREA") field.value = "";
  }
}

const hidden = (name, value) => Object.assign(document.createElement("input"), { type: "hidden", name, value });

