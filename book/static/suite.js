// Filters of the gallery, the equations, the notation and the API, and sliders over frames.
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

// A picture of small multiples becomes one frame and a slider over the values.
document.addEventListener("DOMContentLoaded", () => {
  for (const touch of document.querySelectorAll(".touch")) {
    const { columns, rows } = touch.dataset;
    const values = JSON.parse(touch.dataset.values);
    const [frame, picture] = [touch.querySelector(".frame"), touch.querySelector("img")];
    const [label, slider, told] = ["label", "input", "output"].map((s) => touch.querySelector(s));
    label.hidden = false;
    frame.classList.add("single");
    picture.style.width = `${100 * columns}%`;
    const size = () => {
      frame.style.aspectRatio = `${picture.naturalWidth / columns} / ${picture.naturalHeight / rows}`;
    };
    picture.addEventListener("load", size);
    if (picture.complete) size();
    const show = () => {
      const k = Number(slider.value);
      const [column, row] = [k % columns, Math.floor(k / columns)];
      picture.style.transform = `translate(${-100 * column / columns}%, ${-100 * row / rows}%)`;
      told.textContent = values[k];
      slider.setAttribute("aria-valuetext", values[k]);
    };
    slider.addEventListener("input", show);
    show();
  }
});
