/* A page that was left open overnight: as long as nothing was told in it, it is read anew, with today's day in it.
   Where something was told it stays what it is, a session of the day on which it was begun. */

import { dateIn } from "./kept.js";

export function readAnewOnANewDay(form) {
  const { zone } = form.dataset;
  if (!zone) return;  // a day that was chosen, or an entry that is changed, stays that
  const look = () => {
    if (!document.hidden && form.elements.practised_on.value !== dateIn(zone) && !isTold(form)) location.reload();
  };
  document.addEventListener("visibilitychange", look);
  // A page just loaded is as new as can be, whatever day this device believes in: only one that was put away.
  window.addEventListener("pageshow", ({ persisted }) => { if (persisted) look(); });
}

function isTold(form) {
  return [...form.elements].some(({ type, checked, value }) => {
    if (type === "radio" || type === "checkbox") return checked && value !== "";
    return (type === "select-one" || type === "textarea" || type === "text" || type === "number") && value !== "";
  });
}
