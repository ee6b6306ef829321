// "Prove it here": a derivation runs in the reader's browser, step by step, in a worker.
// Nothing is loaded before the button is pressed.
document.addEventListener("DOMContentLoaded", () => {
  const section = document.querySelector(".live-proof");
  if (!section) return;
  const [button, stop] = section.querySelectorAll("button");
  const log = section.querySelector("ol");
  const state = section.querySelector("[role=status]");
  const source = section.querySelector("textarea");
  const stored = JSON.parse(section.querySelector("script").textContent);
  const root = new URL(section.dataset.root, location.href);
  let worker = null;

  function start() {
    if (worker) return worker;
    worker = new Worker(new URL("_static/worker.mjs", root), { type: "module" });
    worker.onmessage = ({ data }) => {
      if (data.kind === "state") state.textContent = data.text;
      if (data.kind === "step") add(data);
      if (data.kind === "end") { finish(data.text, data.failed); }
    };
    worker.onerror = () => finish("The worker could not be started.", true);
    return worker;
  }
  function add(step) {
    const item = document.createElement("li");
    item.value = step.number;
    const before = stored[step.number - 1];
    item.textContent = `${step.name}: ${step.status}` + (step.proof ? `, ${step.proof}` : "");
    if (before && before !== step.status && step.original)
      item.textContent += ` (${before} when the site was built, with the packages that this browser lacks)`;
    log.append(item);
  }
  function finish(text, failed) {
    state.textContent = text;
    section.classList.toggle("refused", Boolean(failed));
    button.disabled = false;
    stop.hidden = true;
  }
  button.addEventListener("click", () => {
    log.replaceChildren();
    section.classList.remove("refused");
    if (location.protocol === "file:") return finish("Browsers run Python only on a page that a server " +
      "delivers. In the unpacked folder say: python -m http.server", true);
    button.disabled = true;
    stop.hidden = false;
    state.textContent = "Loading Python and SymPy (about 20 MB, once) ...";
    const changed = source.value !== source.defaultValue;
    start().postMessage({ root: root.href, program: "proof.py", state: "Proving ...", call: "prove",
      arguments: [section.dataset.module, section.dataset.name, changed ? source.value : ""] });
  });
  stop.addEventListener("click", () => {
    worker?.terminate();
    worker = null;
    finish("Stopped.", false);
  });
});
