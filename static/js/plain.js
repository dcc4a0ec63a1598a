/* A button with `data-plain` sends its form as a browser does, into a page of its own: htmx is not asked. */

document.addEventListener("submit", (event) => {
  if (event.submitter?.matches("[data-plain]")) event.stopPropagation();
}, { capture: true });
