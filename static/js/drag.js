/* Rows of the builder follow the pointer: their order is the order of the fields, so nothing else is to be told.
   Without this script, and by keyboard, the buttons "up" and "down" do the same. */


let dragged = null;

function row(target) {
  return target instanceof Element ? target.closest("[data-row]") : null;
}

document.addEventListener("pointerdown", (event) => {
  const grip = event.target.closest?.("[data-grip]");
  if (!grip) return;
  dragged = row(grip);
  dragged.classList.add("is-dragged");
  grip.setPointerCapture(event.pointerId);
  event.preventDefault();
});

document.addEventListener("pointermove", (event) => {
  if (!dragged) return;
  const over = row(document.elementFromPoint(event.clientX, event.clientY));
  if (!over || over === dragged || over.parentElement !== dragged.parentElement) return;
  const box = over.getBoundingClientRect();
  const below = event.clientY > box.top + box.height / 2;
  over.parentElement.insertBefore(dragged, below ? over.nextSibling : over);
});

for (const end of ["pointerup", "pointercancel"]) {
  document.addEventListener(end, () => {
    if (!dragged) return;
    dragged.classList.remove("is-dragged");
    dragged.dispatchEvent(new Event("change", { bubbles: true }));  // the order may have changed
    dragged = null;
  });
}


