"""A headless Chromium by its DevTools protocol: as much of it as the tests need."""

import base64
import json
import shutil
import subprocess
import time
import urllib.request

import websocket

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)


class Browser:
    """One page of a headless Chromium; every wait ends by `deadline` (seconds from the start)."""

    def __init__(self, profile, deadline):
        self.deadline = time.monotonic() + deadline
        self.process = subprocess.Popen(
            [CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             "--no-first-run", "--remote-debugging-port=0", "--window-size=1400,1000",
             "--remote-allow-origins=*", f"--user-data-dir={profile}", "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        port_file = profile / "DevToolsActivePort"
        self.until(lambda: port_file.exists() and "\n" in port_file.read_text(), "Chromium starts")
        port = port_file.read_text().split()[0]
        self.until(lambda: self._pages(port), "Chromium has a page")
        page = self._pages(port)[0]["webSocketDebuggerUrl"]
        self.socket = websocket.create_connection(page, timeout=30)
        self.number = 0
        self.events = []
        self.send("Page.enable")

    def _pages(self, port):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json", timeout=5) as reply:
            return [page for page in json.load(reply) if page["type"] == "page"]

    def send(self, method, **parameters):
        """Send a command and return its result."""
        self.number += 1
        self.socket.send(json.dumps({"id": self.number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self.socket.recv())
            if "method" in message:
                self.events.append((message["method"], message["params"]))
            if message.get("id") == self.number:
                assert "error" not in message, message
                return message["result"]

    def open(self, url):
        self.send("Page.navigate", url=url)

    def js(self, expression):
        """Return the value of a JavaScript expression, awaited."""
        reply = self.send(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True
        )
        return reply["result"].get("value")

    def until(self, condition, what):
        """Wait until a function, or a JavaScript expression, is true."""
        pause = 0.01
        while time.monotonic() < self.deadline:
            if self.js(f"!!({condition})") if isinstance(condition, str) else condition():
                return
            time.sleep(pause)
            pause = min(2 * pause, 0.2)
        dialog = self.js("document.querySelector('.jp-Dialog')?.innerText")
        raise TimeoutError(f"waited in vain: {what}; the open dialog says {dialog!r}")

    def press(self, key, modifiers=0):
        """Press a key; modifiers are 2 for Ctrl and 8 for Shift."""
        number = {"Enter": 13, "Escape": 27, "ArrowRight": 39}.get(key, ord(key[0].upper()))
        code = f"Key{key.upper()}" if len(key) == 1 else key
        for kind in ("rawKeyDown", "keyUp"):
            self.send("Input.dispatchKeyEvent", type=kind, key=key, code=code,
                      windowsVirtualKeyCode=number, modifiers=modifiers)  # fmt: skip

    def type(self, text):
        self.send("Input.insertText", text=text)

    def click(self, selector):
        """Click the middle of the first element that a CSS selector finds."""
        x, y = self.js(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)});"
            "e.scrollIntoView({block: 'center'}); const r = e.getBoundingClientRect();"
            "return [r.x + r.width / 2, r.y + r.height / 2]; })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.send("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def picture(self, path):
        path.write_bytes(base64.b64decode(self.send("Page.captureScreenshot")["data"]))

    def close(self):
        self.process.kill()
        self.process.wait(timeout=10)
