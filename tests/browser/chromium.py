"""Chromium without a window and without a network, and what a test asks of its page."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

if TYPE_CHECKING:
    from collections.abc import Callable

AXE = Path(__file__).with_name("axe") / "axe.min.js"
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run", "--hide-scrollbars",
)  # fmt: skip
PATIENCE = 20.0


def start(binary: str, driver: str, profile: Path, *, scripts: bool = True) -> Any:
    """Return a driver of a fresh Chromium that logs its console and its requests."""
    options = webdriver.ChromeOptions()
    options.binary_location = binary
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    if not scripts:
        forbidden = {"profile.managed_default_content_settings.javascript": 2}
        options.add_experimental_option("prefs", forbidden)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    made = webdriver.Chrome(options=options, service=Service(driver))
    made.execute_cdp_cmd("Network.emulateNetworkConditions", {
        "offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0,
    })  # fmt: skip
    made.set_script_timeout(180)
    return made


class Tab:
    """One page that is open; `complaints` is what it must not have."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver

    def open(self, page: Path, place: str = "", *, width: int = 1600, dark: bool = False) -> Tab:
        """Open a page afresh, and what the logs held of others is forgotten."""
        metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
        self.driver.get("about:blank")
        for log in ("browser", "performance"):
            self.driver.get_log(log)
        self.driver.get(page.as_uri() + place)
        return self

    def run(self, script: str, *arguments: object) -> Any:
        """Return what a script returns."""
        return self.driver.execute_script(script, *arguments)

    def find(self, selector: str) -> Any:
        """Return the first element that matches."""
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def text(self, selector: str) -> str:
        """Return the visible text of an element."""
        return str(self.find(selector).text)

    def choose(self, selector: str, value: str) -> None:
        """Choose an option, as a person would."""
        for option in self.find(selector).find_elements(By.TAG_NAME, "option"):
            if option.get_attribute("value") == value:
                option.click()

    def wait(self, what: Callable[[Tab], object]) -> Any:
        """Return ``what`` once it is true; false after a while."""
        until = time.monotonic() + PATIENCE
        while not (found := what(self)) and time.monotonic() < until:
            time.sleep(0.05)
        return found

    def everything(self) -> None:
        """Scroll through the page so that all plots are drawn."""
        self.run("document.getElementById('timings').scrollIntoView()")
        self.wait(lambda tab: tab.run("return document.querySelectorAll('.plot svg').length"))

    def complaints(self) -> list[str]:
        """Return what the console complained of, and what was asked of a network."""
        said = [entry["message"] for entry in self.driver.get_log("browser")]
        return said + [
            url for url in map(_requested_url, self.driver.get_log("performance")) if url
        ]

    def axe(self) -> list[str]:
        """Return what axe finds serious or critical, with the elements."""
        self.run(AXE.read_text("utf-8"))
        script = "axe.run({resultTypes: ['violations']}).then(arguments[0])"
        found = self.driver.execute_async_script(script)
        return [
            f"{one['id']}: {node['html'][:200]} {node['failureSummary'][:300]}"
            for one in found["violations"]
            if one["impact"] in ("serious", "critical")
            for node in one["nodes"][:3]
        ]


def _requested_url(entry: dict[str, Any]) -> str:
    message = json.loads(entry["message"])["message"]
    if message["method"] != "Network.requestWillBeSent":
        return ""
    url = str(message["params"]["request"]["url"])
    return "" if url.startswith(("file:", "data:", "blob:", "about:")) else url
