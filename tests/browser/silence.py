"""Listeners that fall silent without an error, as a stream does whose connection was dropped somewhere on its way."""

from playwright.sync_api import Page

_GATES = """(() => {
  const gates = new Set();
  let isOpen = true;
  const plain = window.fetch;
  window.fetch = async (input, init) => {
    const response = await plain(input, init);
    if (!/Firestore\\/Listen\\/channel/.test(input.url ?? input) || !response.body) return response;
    const gate = { open: isOpen };
    gates.add(gate);
    const passed = new TransformStream({ transform: (chunk, out) => gate.open && out.enqueue(chunk) });
    const { status, headers } = response;
    return new Response(response.body.pipeThrough(passed), { status, headers });
  };
  window.silenceListeners = (forGood) => {
    isOpen = !forGood;
    gates.forEach((gate) => { gate.open = false; });
  };
})()"""


class Listeners:
    """The streams by which a page listens to Firestore; make it before the page is opened."""

    def __init__(self, page: Page) -> None:
        self._page = page
        page.add_init_script(_GATES)

    def silence(self, *, for_good: bool = False) -> None:
        """The streams that are open bring nothing more; one that is opened later does, unless it is `for_good`."""
        self._page.evaluate("window.silenceListeners", for_good)
