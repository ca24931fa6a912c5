"""See dev/screenshot. Speaks Chromium's DevTools protocol over a websocket, as Odoo's own browser tests do."""

import argparse
import base64
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import requests
import websocket

PATIENCE = 30.0  # seconds for a page or an element to appear
QUIET = 0.6  # seconds without a request after which a page counts as drawn


class Browser:
    """One headless Chromium with one page."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="screenshot-")
        binary = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        flags = ["--headless=new", "--no-sandbox", "--hide-scrollbars", "--disable-gpu", "--remote-allow-origins=*"]
        self.process = subprocess.Popen(
            [binary, *flags, "--remote-debugging-port=0", f"--user-data-dir={self.folder}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.last_id, self.pending, self.last_traffic, self.errors = 0, set(), time.time(), []
        self.socket = websocket.create_connection(self._page_address(), timeout=PATIENCE)
        for domain in ("Page", "Network", "Runtime"):
            self.send(f"{domain}.enable")

    def _page_address(self):
        port_file = Path(self.folder, "DevToolsActivePort")
        deadline = time.time() + PATIENCE
        while time.time() < deadline:
            if port_file.exists() and port_file.read_text():
                port = port_file.read_text().split()[0]
                pages = requests.get(f"http://127.0.0.1:{port}/json", timeout=PATIENCE).json()
                return next(page["webSocketDebuggerUrl"] for page in pages if page["type"] == "page")
            time.sleep(0.05)
        raise TimeoutError("Chromium did not start")

    def close(self):
        self.socket.close()
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    # ------------------------------------------------------------------ protocol

    def send(self, method, **params):
        """The answer to one command; events that arrive meanwhile are taken note of."""
        self.last_id += 1
        self.socket.send(json.dumps({"id": self.last_id, "method": method, "params": params}))
        while True:
            message = json.loads(self.socket.recv())
            if message.get("id") == self.last_id:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return message["result"]
            self._note(message)

    def _note(self, message):
        event, params = message.get("method", ""), message.get("params", {})
        if event == "Network.requestWillBeSent" and "/websocket" not in params["request"]["url"]:
            self.pending.add(params["requestId"])
            self.last_traffic = time.time()
        elif event in ("Network.loadingFinished", "Network.loadingFailed"):
            self.pending.discard(params["requestId"])
            self.last_traffic = time.time()
        elif event == "Runtime.exceptionThrown":
            details = params["exceptionDetails"]
            self.errors.append(details.get("exception", {}).get("description") or details["text"])
        elif event == "Runtime.consoleAPICalled" and params["type"] in ("error", "warning"):
            words = [str(arg.get("value") or arg.get("description")) for arg in params["args"]]
            self.errors.append(" ".join(words)[:2000])

    def evaluate(self, expression):
        result = self.send("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in result:
            raise RuntimeError(result["exceptionDetails"]["exception"].get("description"))
        return result["result"].get("value")

    # ------------------------------------------------------------------ pages

    def settle(self):
        """Wait until the page is there and has asked for nothing for a moment."""
        deadline = time.time() + PATIENCE
        while time.time() < deadline:
            ready = self.evaluate("document.readyState === 'complete' && !document.querySelector('.o_blockUI')")
            if ready and not self.pending and time.time() - self.last_traffic > QUIET:
                return
            time.sleep(0.1)
        print(f"Still busy after {PATIENCE:.0f} s: taken as it is", file=sys.stderr)

    def wait_for(self, selector):
        deadline = time.time() + PATIENCE
        while not self.evaluate(f"!!document.querySelector({json.dumps(selector)})"):
            if time.time() > deadline:
                raise TimeoutError(f"Not on the page: {selector}")
            time.sleep(0.1)

    def open(self, url, width, height):
        self.send(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 768
        )
        self.pending.clear()
        self.send("Page.navigate", url="about:blank")
        self.send("Page.navigate", url=url)
        self.last_traffic = time.time()
        self.settle()

    def click(self, selector):
        self.wait_for(selector)
        self.evaluate(f"document.querySelector({json.dumps(selector)}).click()")
        self.last_traffic = time.time()
        self.settle()

    def hover(self, selector):
        self.wait_for(selector)
        box = f"document.querySelector({json.dumps(selector)}).getBoundingClientRect()"
        x, y = self.evaluate(f"(({{x, y, width, height}}) => [x + width / 2, y + height / 2])({box})")
        self.send("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
        time.sleep(1)  # tooltips come late

    def picture(self, path):
        path.write_bytes(base64.b64decode(self.send("Page.captureScreenshot", format="png")["data"]))


def session_cookie(address, database, login, password):
    answer = requests.post(
        f"{address}/web/session/authenticate",
        json={"params": {"db": database, "login": login, "password": password}},
        timeout=PATIENCE,
    )
    if not answer.json().get("result", {}).get("uid"):
        sys.exit(f"{login} cannot log in to {database} at {address}: {answer.json().get('error', {}).get('message')}")
    return answer.cookies["session_id"]


def main():
    parser = argparse.ArgumentParser(
        prog="dev/screenshot", description="Pictures of Odoo's screens in headless Chromium."
    )
    parser.add_argument("paths", nargs="+", help="such as /odoo/collections-worklist")
    parser.add_argument("-d", "--database", required=True)
    parser.add_argument("-u", "--user", default="admin", help="LOGIN or LOGIN:PASSWORD (the login by default)")
    parser.add_argument("-a", "--address", default="http://127.0.0.1:8069", help="where the server runs (%(default)s)")
    parser.add_argument("-w", "--widths", default="1366", help="in pixels, with commas (%(default)s)")
    parser.add_argument("--height", type=int, default=768, help="in pixels (%(default)s)")
    parser.add_argument("-o", "--output", type=Path, default=Path("."), help="folder for the pictures")
    parser.add_argument("-n", "--name", help="of the picture, before its width (default: from the path)")
    parser.add_argument(
        "--click", action="append", default=[], metavar="SELECTOR", help="clicked before; may be repeated"
    )
    parser.add_argument("--hover", metavar="SELECTOR", help="where the mouse rests, to see a tooltip")
    parser.add_argument("--script", default="", help="JavaScript run before the picture")
    options = parser.parse_args()

    login, _colon, password = options.user.partition(":")
    cookie = session_cookie(options.address, options.database, login, password or login)
    options.output.mkdir(parents=True, exist_ok=True)
    browser = Browser()
    try:
        browser.send("Network.setCookie", name="session_id", value=cookie, url=options.address)
        for path in options.paths:
            for width in map(int, options.widths.split(",")):
                browser.open(options.address + path, width, options.height)
                landed = browser.evaluate("location.pathname")
                if landed != path.split("?")[0] and "/action-" not in path:
                    browser.errors.append(f"{path} led to {landed}")
                for selector in options.click:
                    browser.click(selector)
                if options.script:
                    browser.evaluate(options.script)
                    browser.settle()
                if options.hover:
                    browser.hover(options.hover)
                name = options.name or re.sub(r"\W+", "-", path.removeprefix("/odoo")).strip("-") or "home"
                target = options.output / f"{name}-{width}.png"
                browser.picture(target)
                print(target)
    finally:
        browser.close()
    for error in dict.fromkeys(browser.errors):
        print(f"In the browser's console: {error}", file=sys.stderr)
    sys.exit(1 if browser.errors else 0)


if __name__ == "__main__":
    main()
