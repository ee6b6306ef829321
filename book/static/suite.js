// Filters of the gallery, the equations, the notation and the API; nothing else runs on the pages.
document.addEventListener("DOMContentLoaded", () => {
  const filter = document.querySelector(".filter");
  if (!filter) return;
  const main = document.querySelector("article") || document.body;
  const rows = [...main.querySelectorAll(filter.dataset.filter)];
  const choices = [...document.querySelectorAll(".choice")];
  const found = document.querySelector(".found");
  const text = (row) => (row.dataset.words || row.textContent).toLowerCase();
  const texts = rows.map(text);
  function show() {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    rows.forEach((row, i) => {
      const chosen = choices.every(
        (c) => !c.value || (row.dataset[c.dataset.key] || "").split(" ").includes(c.value));
      const shown = chosen && words.every((word) => texts[i].includes(word));
      row.hidden = !shown;
      count += shown;
    });
    if (found) found.textContent = count === rows.length ? "" : `${count} of ${rows.length} shown`;
  }
  [filter, ...choices].forEach((control) => control.addEventListener("input", show));
});
