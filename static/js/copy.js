/* Puts the text of a `data-copy` block on the clipboard. Without it, or where the browser refuses, the text is
   there to be selected. */

for (const block of document.querySelectorAll("[data-copy]")) {
  const [text, button, said] = ["textarea", "button", "[role=status]"].map((one) => block.querySelector(one));
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    text.select();
    try {
      await navigator.clipboard.writeText(text.value);
      said.textContent = button.dataset.said;
    } catch {
      said.textContent = "";
    }
  });
}
