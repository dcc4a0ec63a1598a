/* What was told on this phone: kept in the browser's own storage until the clinic has it, and sent exactly once.

   An entry: uid, whose (a patient's handle), day, fields ([name, value] as the form has them), at (an instant),
   whole (at its end, or still going on), state (waiting, sent). Of what is at its end and sent, the uid alone
   stays for a week: an old copy of the page must not use it again. */

const DATABASE = "homestretch";
const ROWS = "sessions";
const SENT_STAYS_MS = 7 * 24 * 3600 * 1000;
const PATIENCE_MS = 15_000;

function opened() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(DATABASE, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(ROWS, { keyPath: "uid" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

async function inRows(mode, act) {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(ROWS, mode);
      const asked = act(transaction.objectStore(ROWS));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

export const put = (entry) => inRows("readwrite", (rows) => rows.put(entry));
export const get = (uid) => inRows("readonly", (rows) => rows.get(uid));
export const remove = (uid) => inRows("readwrite", (rows) => rows.delete(uid));
export const all = () => inRows("readonly", (rows) => rows.getAll());

export const waiting = async () => (await all()).filter((entry) => entry.state === "waiting");

/* The local date in a time zone, as a form has it. */
export function dateIn(zone, instant = new Date()) {
  const parts = new Intl.DateTimeFormat("en", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" })
    .formatToParts(instant);
  const part = (type) => parts.find((one) => one.type === type).value;
  return `${part("year")}-${part("month")}-${part("day")}`;
}

/* What the form says now. */
export function entryOf(form, { whole }) {
  const fields = [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken");
  const of = Object.fromEntries(fields);
  return {
    uid: of.uid, whose: of.whose, day: of.practised_on, fields, at: new Date().toISOString(), whole, state: "waiting",
  };
}

/* Sends one entry and notes what became of it. Gives {state, words, next}; state is goes_on, saved, set_aside,
   refused (it cannot be taken as it is), or waiting: no network, not signed in, a door that is closed. What is
   refused or waits stays as it is. */
export async function deliver(entry, address, signal) {
  let told;
  try {
    told = await sent(entry, address, signal);
  } catch {
    return { state: "waiting", words: "" };
  }
  await note(entry, told.state).catch(() => {});
  return told;
}

async function note(entry, state) {
  if (state === "waiting" || state === "refused") return;
  const now = await get(entry.uid);
  if (now && (now.at > entry.at || (now.whole && !entry.whole))) return;  // more was told meanwhile
  if (entry.whole) await put({ ...entry, fields: [], state: "sent" });
  else await put({ ...entry, state: "sent" });
}

async function sent(entry, address, signal) {
  let answer = await post(entry, address, tokenOfCookie(), signal);
  if (answer.status === 403 && !isJson(answer)) {  // the token, not the patient
    const fresh = await fetch(address, { signal: patience(signal) });
    answer = await post(entry, address, fresh.ok ? (await fresh.json()).token : "", signal);
  }
  const told = isJson(answer) ? await answer.json() : {};
  const words = told.words ?? (told.problems ?? []).join(" ");
  if (answer.ok && told.became) return { state: told.became, words, next: told.next };
  return { state: answer.status === 400 ? "refused" : "waiting", words, isClosed: told.closed };
}

function post(entry, address, token, signal) {
  const body = new FormData();
  for (const [name, value] of entry.fields) body.append(name, value);
  body.append("done_at", entry.at);
  if (entry.whole) body.append("is_whole", "1");
  return fetch(address, {
    method: "POST", body, headers: { "X-CSRFToken": token }, keepalive: true, signal: patience(signal),
  });
}

const patience = (signal) => AbortSignal.any
  ? AbortSignal.any([AbortSignal.timeout(PATIENCE_MS), ...(signal ? [signal] : [])]) : signal;
const isJson = (answer) => answer.headers.get("Content-Type")?.startsWith("application/json");
const tokenOfCookie = () => document.cookie.match(/(?:^|; )csrftoken=([^;]*)/)?.[1] ?? "";

/* Sends all that waits, the oldest first, one page at a time; but for the session that is open on this page, which
   sends itself. Gives how many arrived, and the last words. */
export function deliverAll(address, today, open) {
  const work = async () => {
    let arrived = 0;
    let words = "";
    const old = Date.now() - SENT_STAYS_MS;
    for (const entry of (await all()).sort((one, other) => one.at.localeCompare(other.at))) {
      const isOver = entry.whole ? Date.parse(entry.at) < old : entry.day < today;
      if (entry.state === "sent" && isOver) await remove(entry.uid);
      if (entry.state !== "waiting" || entry.uid === open) continue;
      let told = await deliver(entry, address);
      // Nobody will go on with what was left on an earlier day: as a whole, the clinic keeps it.
      if (told.isClosed && !entry.whole && entry.day < today) told = await deliver({ ...entry, whole: true }, address);
      if (told.state !== "waiting" && told.state !== "refused") arrived += 1;
      words = told.words || words;
    }
    return { arrived, words };
  };
  return navigator.locks ? navigator.locks.request("homestretch-sending", work) : work();
}
