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

// A picture of small multiples becomes one frame and a slider: a panel with the labels beside it.
document.addEventListener("DOMContentLoaded", () => {
  for (const touch of document.querySelectorAll(".touch")) {
    const { values, words, columns, left, top, across, down, height, bottom } = JSON.parse(touch.dataset.facts);
    const [whole, label, slider, told, said] = ["img", "label", "input", "output", "p"].map((s) => touch.querySelector(s));
    const frame = document.createElement("canvas");
    frame.setAttribute("role", "img");
    const show = () => {
      const k = Number(slider.value);
      const [x, y] = [left + (k % columns) * across, top + Math.floor(k / columns) * down];
      const below = whole.naturalHeight - bottom;
      Object.assign(frame, { width: left + across, height: height + below });
      const draw = frame.getContext("2d");
      draw.fillStyle = "white";
      draw.fillRect(0, 0, frame.width, frame.height);
      draw.drawImage(whole, 0, top, left, height, 0, 0, left, height);
      draw.drawImage(whole, x, y, across, height, left, 0, across, height);
      draw.drawImage(whole, left, bottom, across, below, left, height, across, below);
      told.textContent = values[k];
      slider.setAttribute("aria-valuetext", values[k]);
      said.textContent = words[k] || "";
      frame.setAttribute("aria-label", words[k] || whole.alt);
    };
    const begin = () => {
      whole.before(frame);
      label.hidden = said.hidden = false;
      touch.classList.add("single");
      show();
    };
    slider.addEventListener("input", show);
    if (whole.complete && whole.naturalWidth) begin();
    else whole.addEventListener("load", begin);
  }
});
