/* At a review: shows the usual word to the patient for the decision that is chosen, until somebody writes another.
   Without it the same words are sent where the field is left empty. */

const form = document.getElementById("sign");
const field = form?.elements.word;

if (field) {
  const usual = JSON.parse(field.dataset.usual);
  let shown = field.value;
  form.addEventListener("change", ({ target }) => {
    if (target.name !== "decision" || field.value !== shown) return;
    shown = usual[target.value];
    field.value = shown;
  });
}
