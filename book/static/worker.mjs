// Runs Python for a page: a derivation that is proved step by step, or a lesson cell by cell.
let ready = null;

const say = (message) => postMessage(message);
const last = (error) => String(error.message || error).trim().split("\n").slice(-2).join(" ");

async function unpack(pyodide, root, name) {
  const answer = await fetch(new URL(`pyodide/${name}`, root));
  if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
  pyodide.unpackArchive(await answer.arrayBuffer(), "zip", { extractDir: "/suite" });
}

async function load({ root, program, packages, base }) {
  const { loadPyodide } = await import(new URL("pyodide/pyodide.mjs", root).href);
  const places = { indexURL: new URL("pyodide/", root).href };
  if (packages) places.packageBaseUrl = new URL(base, root).href;
  const pyodide = await loadPyodide(places);
  if (packages?.length) {
    say({ kind: "state", text: `Loading ${packages.join(", ")} ...` });
    const failed = [];
    await pyodide.loadPackage(packages, { errorCallback: (text) => failed.push(text) });
    if (failed.length) throw new Error(`The packages could not be loaded: ${last(failed[0])}`);
  }
  say({ kind: "state", text: "Unpacking SymPy and the suite ..." });
  await unpack(pyodide, root, "proofs.zip");
  if (packages) await unpack(pyodide, root, "lessons.zip");
  pyodide.registerJsModule("page", { say: (text) => say(JSON.parse(text)) });
  await pyodide.runPythonAsync(await (await fetch(new URL(`_static/${program}`, root))).text());
  return pyodide;
}

onmessage = async ({ data }) => {
  try {
    ready ??= load(data).catch((error) => { ready = null; throw error; });
    const pyodide = await ready;
    say({ kind: "state", text: data.state });
    pyodide.globals.get(data.call)(...data.arguments);
  } catch (error) {
    say({ kind: "end", text: last(error), failed: true });
  }
};
