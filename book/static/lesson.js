// "Run this lesson": its cells run one after the other in a worker, each with a box to change it.
// Nothing is loaded before the button is pressed, and nothing from elsewhere before it was said.
document.addEventListener("DOMContentLoaded", () => {
  const section = document.querySelector(".live-lesson");
  if (!section) return;
  const [button, agree, stop] = section.querySelectorAll("button");
  const [state, notice] = ["[role=status]", ".notice"].map((s) => section.querySelector(s));
  const root = new URL(section.dataset.root, location.href);
  const cells = [...document.querySelectorAll("article div.cell")];
  let worker = null, sources = [], places = [], current = 0, whole = false;

  function place(number) {
    const box = document.createElement("div");
    box.className = "live-output";
    box.innerHTML = '<div aria-live="polite"></div><details><summary>Change this cell and run it again</summary>' +
      '<textarea spellcheck="false"></textarea><button type="button">Run</button></details>';
    const [shown, text, run] = ["div", "textarea", "button"].map((s) => box.querySelector(s));
    text.value = sources[number];
    text.rows = sources[number].split("\n").length + 1;
    text.setAttribute("aria-label", `Source of cell ${number + 1}`);
    run.addEventListener("click", () => {
      whole = false;
      if (worker) send(number, text.value);
      else end("Python was stopped: run the lesson first.");
    });
    cells[number].append(box);
    return { shown, run };
  }
  function send(number, source) {
    current = number;
    places[number] ??= place(number);
    places[number].shown.replaceChildren();
    busy(true);
    worker.postMessage({ root: root.href, program: "lesson.py", call: "run_cell",
      packages: JSON.parse(section.dataset.packages), base: section.dataset.base,
      arguments: [number, source], state: `Running cell ${number + 1} of ${sources.length} ...` });
  }
  function add(element, text) {
    const made = document.createElement(element);
    if (text !== undefined) made.textContent = text;
    places[current].shown.append(made);
    return made;
  }
  function busy(on) {
    button.disabled = on;
    stop.hidden = !on;
    places.forEach((one) => { if (one) one.run.disabled = on; });
  }
  function end(text, failed) {
    state.textContent = text;
    section.classList.toggle("refused", Boolean(failed));
    busy(false);
  }
  function answer({ data }) {
    if (data.kind === "state") state.textContent = data.text;
    if (data.kind === "text") add("pre", data.text);
    if (data.kind === "picture") Object.assign(add("img"), { src: `data:image/png;base64,${data.png}`, alt: data.alt });
    if (data.kind === "html") {
      const made = add("div");
      made.className = "mathjax_process";
      made.innerHTML = data.html;
      window.MathJax?.typesetPromise?.([made]);
    }
    if (data.kind === "cell") {
      if (data.failed) add("pre", data.failed).className = "failed";
      else add("p", `${data.seconds} s in this browser`).className = "aside";
      if (data.failed) end(`Cell ${data.number + 1} stopped the lesson; the cells before it ran.`, true);
      else if (whole && data.number + 1 < sources.length) send(data.number + 1, sources[data.number + 1]);
      else end(whole ? `All ${sources.length} cells ran, in this browser.` : `Cell ${data.number + 1} ran.`);
    }
    if (data.kind === "end") { worker.terminate(); worker = null; end(data.text, true); }
  }
  async function start() {
    notice.hidden = true;
    if (location.protocol === "file:") return end("Browsers run Python only on a page that a server " +
      "delivers. In the unpacked folder say: python -m http.server", true);
    busy(true);
    state.textContent = "Loading Python ...";
    try {
      const notebook = await (await fetch(new URL(`files/lessons/${section.dataset.name}.ipynb`, root))).json();
      const text = (source) => (Array.isArray(source) ? source.join("") : source);
      sources = notebook.cells.filter((c) => c.cell_type === "code").map((c) => text(c.source));
      worker?.terminate();
      worker = new Worker(new URL("_static/worker.mjs", root), { type: "module" });
      worker.onmessage = answer;
      worker.onerror = () => end("The worker could not be started.", true);
      whole = true;
      send(0, sources[0]);
    } catch (error) {
      end(`The lesson could not be started: ${error.message}`, true);
    }
  }
  button.addEventListener("click", () => {
    if (section.dataset.shipped === "yes") start();
    else { notice.hidden = false; agree.focus(); }
  });
  agree.addEventListener("click", start);
  stop.addEventListener("click", () => {
    worker?.terminate();
    worker = null;
    end("Stopped. Running again begins at the first cell.");
    button.disabled = false;
  });
});
