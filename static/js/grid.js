/* A table of fields as a spreadsheet: up, down and Enter go to the same column of another row, and what stands
   in the field is chosen, so that typing replaces it. Tab goes as ever. Without this script, Tab alone. */

const steps = { ArrowUp: -1, ArrowDown: 1, Enter: 1 };

document.addEventListener("keydown", (event) => {
  const step = steps[event.key];
  const field = event.target;
  if (!step || event.ctrlKey || event.altKey || event.metaKey || !field.matches?.("[data-grid] input")) return;
  event.preventDefault();  // Enter would send the form
  beside(field, event.shiftKey && event.key === "Enter" ? -1 : step)?.focus();
});

document.addEventListener("focusin", (event) => {
  if (event.target.matches?.("[data-grid] input[type=text]")) event.target.select();
});

function beside(field, step) {
  const column = name(field);
  const fields = [...field.closest("[data-grid]").querySelectorAll("input")].filter((one) => name(one) === column);
  return fields[fields.indexOf(field) + step];
}

function name(field) {
  return field.name.replace(/^\d{4}-\d\d-\d\d-/, "");  // "2026-03-09-after-1" is in the column "after-1"
}
