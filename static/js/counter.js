/* The counter of an exercise without a hold: counts by its tempo where that gives figures, else by taps anywhere
   on the large area. It knows rounds, sides and the rest between; it can be paused, and nothing waits for it:
   "Done" is as near as ever. */

import { signal, soundButton, stayAwake } from "./timer.js";

const READY_S = 5;

/* One block after the other, each counted to its end: { side, of, most, round, rounds, rest }. Where sides
   change each time, a block holds both, and its sides take turns. */
export function blocks({ sets, count, most, rest, sides, order }) {
  if (!count) return [];
  const rounds = Array.from({ length: sets }, (_, place) => place + 1);
  const block = (round, side, times) => ({
    round, side, rounds: sets, rest, of: count * times, most: Math.max(most, count) * times, alternate: times === 2,
  });
  if (sides !== 2) return rounds.map((round) => block(round, "", 1));
  if (order === "alternate") return rounds.map((round) => block(round, "right", 2));
  return ["right", "left"].flatMap((side) => rounds.map((round) => block(round, side, 1)));
}

export function startCounter(screen, part) {
  const number = (name) => Number(screen.dataset[name]);
  if (number("hold")) return null;
  const plan = blocks({
    sets: number("sets"), count: number("count"), most: number("most"), rest: number("rest"), sides: number("sides"),
    order: screen.dataset.order,
  });
  if (!plan.length) return null;
  const place = screen.querySelector(".timer-place");
  place.replaceChildren(part);
  return run(screen, place.firstElementChild, plan, number("tempo"));
}

function run(screen, box, plan, tempo) {
  const [phase, figure, of, set, said] = ["phase", "number", "of", "set", "said"]
    .map((name) => box.querySelector(`.counter-${name}`));
  const button = (name) => box.querySelector(`[data-counter=${name}]`);
  let at = 0;
  let done = 0;
  let what = tempo ? "ready" : "count";  // ready, count, rest, over
  let left = READY_S;  // seconds until what comes next, where that is a matter of time
  let paused = false;
  const letSleep = stayAwake();
  const clock = setInterval(tick, 1000);
  soundButton(button("sound"));
  box.addEventListener("click", (event) => {
    const pressed = event.target.closest("button")?.dataset.counter;
    if (pressed === "tap") tap();
    else if (pressed === "pause") pause();
    else if (pressed === "less" && done) { done -= 1; what = "count"; left = tempo; show(); }
    else if (pressed === "next") what === "rest" || what === "ready" ? begin() : endBlock();
  });
  show();

  function tap() {
    if (paused) return pause();
    if (what === "rest" || what === "ready") begin();
    else if (what === "count") add();
  }

  function pause() {
    paused = !paused;
    show();
  }

  function tick() {
    if (paused || document.hidden || what === "over" || (what === "count" && !tempo)) return;
    left -= 1;
    if (left > 0) return show();
    if (what === "count") add();
    else begin();
  }

  function begin() {
    what = "count";
    left = tempo;
    signal();
    show();
  }

  function add() {
    done += 1;
    left = tempo;
    if (tempo) signal();
    if (done >= plan[at].most) endBlock();
    else show();
  }

  function endBlock() {
    signal();
    at += 1;
    done = 0;
    if (at >= plan.length) return over();
    const rest = plan[at].rest;
    what = rest ? "rest" : tempo ? "ready" : "count";
    left = rest || READY_S;
    show();
  }

  function over() {
    what = "over";
    stop();
    show();
  }

  function sideNow() {
    const block = plan[Math.min(at, plan.length - 1)];
    return block.alternate && done % 2 ? "left" : block.side;
  }

  function show() {
    const block = plan[Math.min(at, plan.length - 1)];
    const side = what === "over" ? "" : sideNow();
    box.dataset.phase = paused ? "paused" : what;
    const counting = tempo ? phase.dataset.self : phase.dataset.tap;
    const words = paused ? phase.dataset.paused : { count: counting, rest: phase.dataset.rest, ready: phase.dataset.ready, over: phase.dataset.over }[what];
    phase.textContent = side ? `${words}, ${phase.dataset[side]}` : words;
    const waits = what === "rest" || what === "ready";
    figure.textContent = what === "over" ? "" : waits ? left : done;
    const range = block.most > block.of ? of.dataset.range : of.dataset.words;
    of.textContent = what === "count" ? range.replace("%(all)s", block.of).replace("%(most)s", block.most) : "";
    set.textContent = block.rounds > 1 && what !== "over"
      ? set.dataset.words.replace("%(number)s", block.round).replace("%(all)s", block.rounds) : "";
    button("pause").textContent = paused ? button("pause").dataset.go : button("pause").dataset.pause;
    button("pause").hidden = what === "over" || (what === "count" && !tempo && !paused);
    button("less").disabled = !done;
    button("next").hidden = what === "over" || (what === "count" && at === plan.length - 1);
    button("next").textContent = waits ? button("next").dataset.rest : button("next").dataset.next;
    if (said.dataset.of !== `${at}${what}${side}`) {  // not each number: a voice would never end
      said.dataset.of = `${at}${what}${side}`;
      said.textContent = [phase.textContent, set.textContent].filter(Boolean).join(", ");
    }
    if (side) screen.querySelector(`[id$="-${side}"]`)?.click();  // the picture shows the side that it is on
  }

  function stop() {
    clearInterval(clock);
    letSleep();
  }

  return { stop };
}
