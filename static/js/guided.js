/* The session, one screen after the other. The page is one plain form; this shows a part of it at a time, presses
   its fields, and keeps what was tapped. Without it the form is filled in and sent as it stands. */

import { dressDuring, reply } from "./asides.js";
import { startCounter } from "./counter.js";
import { deliver, entryOf, put, remove } from "./kept.js";
import { readAnewOnANewDay } from "./newday.js";
import { resume } from "./resume.js";
import { startTimer } from "./timer.js";

const form = document.getElementById("session-form");
document.body.classList.add("guided");  // nothing can be pressed until the first screen is there
await resume(form);
const screens = [...form.querySelectorAll("[data-screen]")];
const exercises = screens.filter((screen) => screen.dataset.screen === "exercise");
const AFTER_A_CHOICE_MS = 250;  // so that one sees what was chosen
let here = 0;
let timer = null;
let byFinger = false;
let keeping = Promise.resolve();
let latest = null;
let sendingTaps = new AbortController();
let showDuring = null;

const clone = (id) => document.getElementById(id).content.cloneNode(true);
const field = (name) => form.elements.namedItem(name);
const value = (name) => field(name)?.value ?? "";
const outcomeOf = (screen) => value(`${screen.dataset.line}-outcome`);
const isPain = (input) => input.name.startsWith("pain_");

readAnewOnANewDay(form);
form.before(clone("guided-top"));
const top_ = form.previousElementSibling;
const kept = top_.querySelector(".guided-kept");
const replied = top_.querySelector(".guided-reply");
screens.forEach(dress);
go(firstOpen());

function dress(screen) {
  const kind = screen.dataset.screen;
  if (kind === "exercise") {
    dressExercise(screen);
  } else if (kind === "during") {
    screen.prepend(clone("guided-no-more"));
    showDuring = dressDuring(screen, { pain: value, outcomeOf: (line) => value(`${line}-outcome`), keep });
  } else {
    screen.append(clone("guided-next"));
  }
  if (kind === "before" || kind === "after") {
    // A finger has chosen; arrow keys pass over what is not meant, and Enter says that it is.
    screen.addEventListener("change", ({ target }) => {
      if (isPain(target)) {
        if (byFinger) setTimeout(told, AFTER_A_CHOICE_MS);
      } else {  // whether it has settled: one answers, and stays
        keep();
        reply(replied, target.value, "");
      }
    });
    screen.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !event.target.matches("input") || !isPain(event.target)) return;
      event.preventDefault();
      told();
    });
  }
}

for (const [kind, finger] of [["pointerdown", true], ["keydown", false]]) {
  document.addEventListener(kind, () => { byFinger = finger; }, { capture: true });
}

function dressExercise(screen) {
  const acts = clone("guided-exercise");
  const offered = [...field(`${screen.dataset.line}-outcome`)].map((radio) => radio.value);
  if (!offered.includes("easier")) acts.querySelector("[data-do=easier]").remove();
  const reasons = acts.querySelector(".guided-reasons");
  for (const option of field(`${screen.dataset.line}-reason`).options) {
    if (!option.value) continue;
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "btn", textContent: option.text });
    button.dataset.outcome = "skipped";
    button.dataset.reason = option.value;
    reasons.append(button);
  }
  screen.prepend(clone("guided-count"));
  screen.querySelector(".outcome-fields").after(acts);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const { outcome, reason, do: what } = button.dataset;
  if (outcome && event.detail > 1) return;  // the second tap of two quick ones is not meant for the next exercise
  if (outcome) tell(screens[here], outcome, reason);
  else if (what === "back") go(here - 1);
  else if (what === "next") go(here + 1);
  else if (what === "undo") tell(screens[here], "");
  else if (what === "undo-told" || what === "look-again") takeBack(what);
  else if (what === "stop-all") stopAll();
  else if (what === "undo-all") undoAll();
  else if (what === "easier") showEasier(screens[here]);
  else if (what === "no-more") noMore();
});

/* Who leaves has what was tapped last kept too. */
document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-leave]");
  if (!link) return;
  event.preventDefault();
  keep();  // words, too, which nobody taps
  await keeping;
  location.assign(link.href);
});

/* The whole of it. Where it cannot be sent it waits on this phone; where it is wrong the page says at which field. */
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const entry = entryOf(form, { whole: true });
  latest = entry;
  sendingTaps.abort();
  kept.textContent = kept.dataset.sending;
  const isKept = await put(entry).then(() => true, () => false);
  const told = await deliver(entry, form.dataset.send);
  if (told.state === "saved") return location.assign(told.next);
  if (told.state === "set_aside") return end("set_aside", told.words);
  if (told.state === "waiting" && isKept) return end("waiting", told.words);
  await remove(entry.uid).catch(() => {});
  form.submit();
});

function end(how, words) {
  document.dispatchEvent(new Event("homestretch:kept"));
  const part = clone(`guided-end-${how}`);
  if (words) part.querySelector(".guided-end-words").textContent = words;
  form.hidden = true;
  top_.replaceWith(part);
  document.querySelector(".guided-end h2").focus();
}

function tell(screen, outcome, reason = "") {
  const { line } = screen.dataset;
  for (const radio of field(`${line}-outcome`)) radio.checked = radio.value === outcome;
  field(`${line}-reason`).value = reason;
  keep();
  screen.querySelector(".guided-stopped")?.remove();
  screen.querySelector(".guided-acts").hidden = outcome === "stopped";
  if (outcome === "stopped") {
    rest(screen);
    reply(replied, "", "");
    screen.querySelector(".guided-acts").after(clone("guided-stopped"));
    screen.querySelector(".guided-stopped button").focus();
  } else if (!outcome) {
    time(screen);
  } else {
    const from = here;
    go(here + 1);
    reply(replied, reason || outcome, from);
  }
}

/* Back to the exercise that the reply is about, as if nothing had been said of it. */
function takeBack(what) {
  go(Number(replied.dataset.from));
  tell(screens[here], "");
  if (what !== "look-again") return;
  const how = screens[here].querySelector(".exercise-body > details.fold");
  how.open = true;
  how.scrollIntoView({ block: "start" });
}

/* The easier form is shown first; "Done" says then that it was that one. */
function showEasier(screen) {
  screen.querySelector(".guided-else").open = false;
  screen.querySelector(".guided-acts").before(screen.querySelector(".easier-form"));
  screen.querySelector(".guided-main [data-outcome=done]")?.replaceWith(clone("guided-easier"));
  screen.querySelector(".easier-form").scrollIntoView({ block: "center" });
}

function stopAll() {
  field("stopped").checked = true;
  keep();
  go(afterwards());
}

function undoAll() {
  field("stopped").checked = false;
  keep();
  go(firstOpen());
}

function afterwards() {
  return screens.findIndex((screen) => screen.dataset.screen === "after");
}

/* The timer, or the counter, of an exercise of which nothing was said yet. */
function time(screen) {
  timer = startTimer(screen, clone("guided-timer")) ?? startCounter(screen, clone("guided-counter"));
}

function rest(screen) {
  timer?.stop();
  screen.querySelector(".timer-place").replaceChildren();
}

function noMore() {
  for (const radio of field("pain_during")) radio.checked = radio.value === "";
  showDuring();
  field("during_no_more").checked = true;
  form.querySelector(".save-row button").click();  // as a finger would: older Safari has no requestSubmit
}

function told() {
  keep();
  go(here + 1);
}

function go(to) {
  timer?.stop();
  // A whole session that was stopped goes on with how it was, until that is taken back.
  const first = field("stopped").checked ? afterwards() : 0;
  here = Math.max(first, Math.min(to, screens.length - 1));
  screens.forEach((screen, place) => screen.classList.toggle("is-here", place === here));
  top_.querySelector("[data-do=back]").disabled = here === first;
  Object.assign(top_.querySelector("progress"), { value: here, max: screens.length });
  const screen = screens[here];
  if (screen.dataset.screen === "exercise") {
    if (outcomeOf(screen)) rest(screen);
    else time(screen);
    number(screen);
    screen.querySelector("h2").focus({ preventScroll: true });
  }
  form.querySelector(".guided-stopped-all")?.remove();
  if (field("stopped").checked && here === first) screen.prepend(clone("guided-stopped-all"));
  reply(replied, "", "");
  if (screen.dataset.screen === "during") showDuring();
  window.scrollTo({ top: 0 });
}

/* "Exercise 2 of 6", and what was said of it where one comes back to it. */
function number(screen) {
  const count = screen.querySelector(".guided-count");
  const words = count.dataset.words.replace("%(number)s", exercises.indexOf(screen) + 1);
  const said = form.querySelector(`[name="${screen.dataset.line}-outcome"]:checked`)?.labels[0]?.textContent.trim();
  count.textContent = [words.replace("%(all)s", exercises.length), ...(said ? [said] : [])].join(" · ");
}

/* Who left in the middle comes back to the first exercise that nothing was said of. */
function firstOpen() {
  const told = exercises.filter(outcomeOf).length;
  if (field("stopped").checked) return afterwards();
  if (!told && !value("pain_before")) return 0;
  const open = screens.findIndex((screen) => screen.dataset.screen === "exercise" && !outcomeOf(screen));
  if (open >= 0) return open;
  return screens.findIndex((screen) => screen.dataset.screen === (value("pain_after") ? "during" : "after"));
}

/* On this phone at once; to the clinic one after the other, so that the last tap is what is kept. Where nothing
   was said yet, nothing is kept. */
function keep() {
  const { goingOn, pending: sent } = form.dataset;  // what was kept can be taken back to nothing
  if (!exercises.some(outcomeOf) && !value("pain_before") && !value("settled") && !goingOn && !sent) return;
  const entry = entryOf(form, { whole: false });
  latest = entry;
  pending(+1);
  const onThisPhone = put(entry).then(() => true, () => false);
  keeping = keeping.then(async () => {
    const isKept = await onThisPhone;
    if (latest === entry) {  // else more was told meanwhile, and that holds this too
      const told = await deliver(entry, form.dataset.send, sendingTaps.signal);
      const { dataset } = kept;
      kept.textContent = told.state === "goes_on" ? dataset.kept : told.words || (isKept ? dataset.here : dataset.not);
      for (const words of form.querySelectorAll("[data-is-told]")) words.hidden = told.state !== "goes_on";
      for (const words of form.querySelectorAll("[data-not-told]")) words.hidden = told.state === "goes_on";
    }
    pending(-1);
  });
}

function pending(more) {
  form.dataset.pending = Number(form.dataset.pending ?? 0) + more;
}
