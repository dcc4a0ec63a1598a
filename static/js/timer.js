/* The timer of a hold: it begins by itself, changes sides by itself, and can be paused or made longer. Sound is
   what the patient set, until they press it: then that is remembered for this device. The screen stays awake while it runs, where the browser can do that. */

const READY_S = 5;
const CHANGE_S = 4;
const SOUND = "homestretch-sound";

/* What follows what, in seconds: ready, then each hold with what lies between. Empty where nothing is held. */
export function phases({ sets, reps, hold, rest, sides, order }) {
  if (!hold) return [];
  const found = [{ what: "ready", seconds: READY_S }];
  const bySide = sides === 2 ? ["right", "left"] : [""];
  const total = sets * reps;
  const turns = order === "alternate"
    ? Array.from({ length: total }, (_, round) => bySide.map((side) => ({ side, round }))).flat()
    : bySide.flatMap((side) => Array.from({ length: total }, (_, round) => ({ side, round })));
  turns.forEach((turn, place) => {
    const before = turns[place - 1];
    if (before && before.side !== turn.side) found.push({ what: "change", seconds: Math.max(CHANGE_S, rest), side: turn.side });
    else if (before) found.push({ what: "rest", seconds: Math.max(CHANGE_S, rest), side: turn.side });
    found.push({ what: "hold", seconds: hold, side: turn.side, number: turn.round + 1, all: total });
  });
  return found;
}

export function startTimer(screen, part) {
  const number = (name) => Number(screen.dataset[name]);
  const plan = phases({
    sets: number("sets"), reps: number("reps"), hold: number("hold"), rest: number("rest"), sides: number("sides"),
    order: screen.dataset.order,
  });
  const place = screen.querySelector(".timer-place");
  place.replaceChildren();
  if (!plan.length) return null;
  place.append(part);
  return run(screen, place.firstElementChild, plan);
}

function run(screen, box, plan) {
  const words = box.querySelector(".timer-phase");
  const seconds = box.querySelector(".timer-seconds");
  const round = box.querySelector(".timer-round");
  const pause = box.querySelector("[data-timer=pause]");
  let at = 0;
  let left = plan[0].seconds;
  let paused = false;
  soundButton(box.querySelector("[data-timer=sound]"));
  const letSleep = stayAwake();

  box.addEventListener("click", (event) => {
    if (at >= plan.length) return;  // it is over: nothing is left to pause or to make longer
    const what = event.target.closest("button")?.dataset.timer;
    if (what === "pause") {
      paused = !paused;
      pause.textContent = paused ? pause.dataset.go : pause.dataset.pause;
    } else if (what === "more") {
      left += 10;
      show();
    }
  });
  const clock = setInterval(tick, 1000);
  begin();

  function tick() {
    if (paused || document.hidden) return;
    left -= 1;
    if (left > 0) return show();
    at += 1;
    if (at < plan.length) {
      left = plan[at].seconds;
      return begin();
    }
    signal();
    stop();
    words.textContent = words.dataset.over;
    seconds.textContent = "";
  }

  function begin() {
    const { what, side } = plan[at];
    words.textContent = words.dataset[what] + (side ? `, ${words.dataset[side]}` : "");
    box.dataset.phase = what;
    if (side) screen.querySelector(`[id$="-${side}"]`)?.click();  // the picture shows the side that it is on
    if (at) signal();
    show();
  }

  function show() {
    seconds.textContent = left;
    const { number, all } = plan[at].number ? plan[at] : plan[Math.min(at + 1, plan.length - 1)];
    round.textContent = number ? round.dataset.words.replace("%(number)s", number).replace("%(all)s", all) : "";
  }

  function stop() {
    clearInterval(clock);
    letSleep();
  }

  return { stop };
}

/* What was pressed on this device holds until the patient sets it otherwise: it is kept with what it overruled. */
export function isLoud() {
  const [overruled, pressed] = (localStorage.getItem(SOUND) ?? "").split(":");
  return (pressed !== undefined && overruled === setting() ? pressed : setting()) === "on";
}

function setting() {
  return document.getElementById("session-form").dataset.sound ?? "";
}

/* A button that turns the sound on and off; it is remembered. */
export function soundButton(button) {
  const show = () => button.setAttribute("aria-pressed", String(isLoud()));
  button.addEventListener("click", () => {
    localStorage.setItem(SOUND, `${setting()}:${isLoud() ? "" : "on"}`);
    show();
    if (isLoud()) beep();
  });
  show();
}

/* Keeps the screen awake, where the browser can do that, until what is given back is called. The browser lets the
   screen sleep when the page is hidden, so it is asked anew when the page is seen again. */
export function stayAwake() {
  let lock = null;
  const release = () => lock?.then((awake) => awake?.release()).catch(() => {});
  const ask = () => {
    if (document.hidden) return;
    release();
    lock = navigator.wakeLock?.request("screen").catch(() => null);
  };
  document.addEventListener("visibilitychange", ask);
  ask();
  return () => {
    document.removeEventListener("visibilitychange", ask);
    release();
  };
}

export function signal() {
  navigator.vibrate?.(200);
  if (isLoud()) beep();
}

function beep() {
  const audio = new AudioContext();
  const tone = audio.createOscillator();
  tone.connect(audio.destination);
  tone.start();
  tone.stop(audio.currentTime + 0.15);
  tone.onended = () => audio.close();
}
