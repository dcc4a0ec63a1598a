/* On every page of a patient: says what waits on this phone and sends it, and lets today's pages open without a
   network. Without this nothing waits: forms are sent as they are. */

import { deliverAll, forgetAll, waiting } from "./kept.js";

const line = document.querySelector(".kept-here");
const { send, worker, zone } = line.dataset;
const LEAVING = 'form[action$="/sign-out/"], form[action$="/sign-out/everywhere/"]';
const ARRIVED = "homestretch-arrived";  // over a reload
const today = () => new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format();

if (send) {
  navigator.serviceWorker?.register(worker, { updateViaCache: "none" }).then(warm, () => {});
  window.addEventListener("online", bring);
  document.addEventListener("visibilitychange", () => document.hidden || bring());
  line.querySelector("button").addEventListener("click", bring);
  for (const form of document.querySelectorAll(LEAVING)) form.addEventListener("submit", leave);
}
window.addEventListener("offline", tell);
document.addEventListener("homestretch:kept", tell);
const arrivedBefore = sessionStorage.getItem(ARRIVED);
sessionStorage.removeItem(ARRIVED);
bring();

/* The pages of today are stored once the worker is there; it keeps them fresh by itself from then on. */
async function warm() {
  const { active } = await navigator.serviceWorker.ready;
  active.postMessage("warm");
}

async function bring() {
  try {
    const { arrived, words } = send && navigator.onLine && (await waiting()).length
      ? await deliverAll(send, today()) : { arrived: 0, words: "" };
    if (arrived) {
      sessionStorage.setItem(ARRIVED, words || line.dataset.sent);
      // What is due has changed, so the page is read anew. A session that goes on is left alone.
      const end = document.querySelector(".guided-end a");
      if (end) return location.assign(end.href);
      if (!document.getElementById("session-form")) return location.reload();
    }
    await tell();
    if (words) say(words);
  } catch {
    // No storage in this browser: then nothing waits in it either.
  }
}

async function tell() {
  const count = (await waiting()).length;
  line.querySelector("button").hidden = !count || !send || !navigator.onLine;
  if (count) say(count === 1 ? line.dataset.one : line.dataset.more.replace("%(count)s", count));
  else if (!navigator.onLine) say(line.dataset.offline);
  else if (arrivedBefore) say(arrivedBefore);
  else line.hidden = true;
}

function say(words) {
  line.hidden = false;
  line.querySelector("[role=status]").textContent = words;
}

/* Signing out sends first. What cannot be sent is asked about: it would be gone. */
async function leave(event) {
  const form = event.currentTarget;
  if (form.dataset.asked) return;
  event.preventDefault();
  form.dataset.asked = "1";
  const rest = await deliverAll(send, today()).then(waiting, () => []);
  if (!rest.length) return wipeAndGo(form);
  delete form.dataset.asked;
  const dialog = document.getElementById("leave-asks");
  dialog.querySelector("[data-do=leave]").onclick = () => wipeAndGo(form);
  dialog.querySelector("[data-do=stay]").onclick = () => dialog.close();
  dialog.showModal();
}

async function wipeAndGo(form) {
  form.dataset.asked = "1";
  await forgetAll().catch(() => {});
  for (const name of await caches.keys()) await caches.delete(name);
  const registration = await navigator.serviceWorker?.getRegistration();
  await registration?.unregister();
  form.submit();
}
