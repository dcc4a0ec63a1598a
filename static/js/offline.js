/* On every page of a patient: says what waits on this phone and sends it, and lets today's pages open without a
   network. Without this nothing waits: forms are sent as they are. */

import { all, dateIn, deliverAll, remove, waiting } from "./kept.js";

const line = document.querySelector(".kept-here");
const { send, worker, zone } = line.dataset;
const ours = (line.dataset.ours ?? "").split(" ");
const LEAVING = 'form[action$="/sign-out/"], form[action$="/sign-out/everywhere/"]';
const ARRIVED = "homestretch-arrived";  // over a reload
const SAYS_WHAT_IS_DUE = ["/", "/progress/"];  // read anew when something has arrived; nothing is typed there
const arrivedBefore = sessionStorage.getItem(ARRIVED);
sessionStorage.removeItem(ARRIVED);
bring();

if (send) {
  navigator.serviceWorker?.register(worker, { updateViaCache: "none" }).then(warm, () => {});
  window.addEventListener("online", bring);
  document.addEventListener("visibilitychange", () => document.hidden || bring());
  line.querySelector("button").addEventListener("click", bring);
  document.addEventListener("submit", hold, { capture: true });
  for (const form of document.querySelectorAll(LEAVING)) form.addEventListener("submit", leave);
}
window.addEventListener("offline", tell);
document.addEventListener("homestretch:kept", tell);

/* The pages of today are stored once the worker is there; it keeps them fresh by itself from then on. */
async function warm() {
  const { active } = await navigator.serviceWorker.ready;
  active.postMessage("warm");
}

async function bring() {
  try {
    const open = document.querySelector("#session-form:not([hidden])")?.elements.uid.value;
    const { arrived, words } = send && navigator.onLine && (await waiting()).length
      ? await deliverAll(send, dateIn(zone), open) : { arrived: 0, words: "" };
    const end = document.querySelector(".guided-end a");
    if (arrived && !arrivedBefore && (end || SAYS_WHAT_IS_DUE.includes(location.pathname))) {
      sessionStorage.setItem(ARRIVED, words || line.dataset.sent);
      return end ? location.assign(end.href) : location.reload();  // what is due has changed
    }
    await tell();
    if (words || arrived) say(words || line.dataset.sent);
  } catch {
    // No storage in this browser: then nothing waits in it either.
  }
}

async function tell() {
  const rows = await waiting();
  line.querySelector("button").hidden = !rows.length || !send || !navigator.onLine;
  if (rows.length) say(wordsFor(rows));
  else if (!navigator.onLine) say(line.dataset.offline);
  else if (arrivedBefore) say(arrivedBefore);
  else line.hidden = true;
  markToday(rows);
}

function wordsFor(rows) {
  const whole = rows.filter((entry) => entry.whole).length;
  if (!whole) return line.dataset.begun;
  return whole === 1 ? line.dataset.one : line.dataset.more.replace("%(count)s", whole);
}

/* Today, from a copy, does not know of it yet: what is to be done next is to go on, or is done. */
function markToday(rows) {
  const start = document.querySelector(".hero [data-start]");
  const today = rows.filter((entry) => ours.includes(entry.whose) && entry.day === dateIn(zone));
  if (!start || !today.length) return;
  start.lastChild.textContent = ` ${today.some((entry) => !entry.whole) ? start.dataset.goOn : start.dataset.more}`;
}

function say(words) {
  line.hidden = false;
  line.querySelector("[role=status]").textContent = words;
}

/* Without a network a form would lead to a page that says so, and what was typed would be gone. The session keeps
   itself; signing out needs the clinic. */
function hold(event) {
  if (navigator.onLine || event.target.id === "session-form" && event.target.dataset.send) return;
  event.preventDefault();
  event.stopPropagation();
  say(line.dataset.notSent);
  line.scrollIntoView({ block: "center" });
}

/* Signing out sends first. What cannot be sent is asked about: it would be gone. What somebody else told, who signs
   in by another address, stays. */
async function leave(event) {
  const form = event.currentTarget;
  if (form.dataset.asked) return;
  event.preventDefault();
  form.dataset.asked = "1";
  const rest = await deliverAll(send, dateIn(zone)).then(waiting, () => []);
  if (!rest.some((entry) => ours.includes(entry.whose))) return wipeAndGo(form);
  delete form.dataset.asked;
  const dialog = document.getElementById("leave-asks");
  dialog.querySelector("[data-do=leave]").onclick = () => wipeAndGo(form);
  dialog.querySelector("[data-do=stay]").onclick = () => dialog.close();
  dialog.showModal();
}

async function wipeAndGo(form) {
  form.dataset.asked = "1";
  try {
    const registration = await navigator.serviceWorker?.getRegistration();
    await registration?.unregister();
    for (const entry of await all()) if (ours.includes(entry.whose)) await remove(entry.uid);
    for (const name of await caches.keys()) await caches.delete(name);
  } finally {
    form.submit();
  }
}
