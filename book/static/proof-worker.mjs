// Runs a derivation in Pyodide and tells the page about every step as it is proved.
let ready = null;

const say = (message) => postMessage(message);

async function load(root) {
  const { loadPyodide } = await import(new URL("pyodide/pyodide.mjs", root).href);
  const pyodide = await loadPyodide({ indexURL: new URL("pyodide/", root).href });
  say({ kind: "state", text: "Unpacking SymPy and the derivations ..." });
  const archive = await (await fetch(new URL("pyodide/proofs.zip", root))).arrayBuffer();
  pyodide.unpackArchive(archive, "zip", { extractDir: "/suite" });
  pyodide.registerJsModule("page", { say: (text) => say(JSON.parse(text)) });
  await pyodide.runPythonAsync(await (await fetch(new URL("_static/proof.py", root))).text());
  return pyodide;
}

onmessage = async ({ data }) => {
  try {
    ready ??= load(data.root);
    const pyodide = await ready;
    say({ kind: "state", text: "Proving ..." });
    pyodide.globals.get("prove")(data.module, data.name, data.source);
  } catch (error) {
    say({ kind: "end", text: String(error.message || error).split("\n").slice(-2).join(" "), failed: true });
  }
};
