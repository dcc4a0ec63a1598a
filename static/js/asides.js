/* What stands beside the way through the session: the calm reply to what was tapped, and what is asked only if it
   hurt more. None of it needs a tap. */

/* The reply to the tap that led away from screen `from` stands at the top of the next one, until one goes on. */
export function reply(place, told, from) {
  const words = told && document.getElementById(`guided-reply-${told}`);
  place.replaceChildren(...(words ? [words.content.cloneNode(true)] : []));
  place.dataset.from = words ? from : "";
}

/* The screen on what it was like meanwhile. `pain(name)` is the number that was said, "" where none was. */
export function dressDuring(screen, { pain, outcomeOf, keep }) {
  const more = screen.querySelector(".felt-more");
  const words = screen.querySelector("details.words");
  words.open = Boolean(words.querySelector("textarea").value);
  screen.addEventListener("change", () => {
    show();
    keep();
  });
  screen.addEventListener("click", (event) => {
    const same = event.target.closest("[data-same-sites]")?.dataset.sameSites;
    if (!same) return;
    for (const site of screen.querySelectorAll("[name=sites]")) site.checked = same.split(",").includes(site.value);
    keep();
  });

  function show() {
    const before = pain("pain_before");
    const during = pain("pain_during");
    // What is not asked is not sent either: a fieldset that is off sends nothing.
    more.hidden = more.disabled = during === "" || Number(during) <= Number(before || 0);
    let tried = 0;
    for (const choice of more.querySelectorAll("[data-of]")) {
      const outcome = outcomeOf(choice.dataset.of);
      choice.hidden = choice.querySelector("input").disabled = !outcome || outcome === "skipped";
      tried += !choice.hidden;
    }
    more.querySelector(".hurt-in").hidden = !tried;
  }

  return show;
}
