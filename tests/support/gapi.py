"""Google's frame messaging (`gapi.iframes`) for sign-in pop-ups, as far as Firebase Auth uses it.

The real script comes from the internet, which the tests do without. `serve_gapi(context)` before the page is opened.
"""

from playwright.sync_api import BrowserContext

_SCRIPT = """
(() => {
  const handlers = {}, early = {}, replies = {};
  let count = 0;
  const run = async ({ name, data, id }, source) => {
    const reply = await handlers[name](data);
    source.postMessage({ gapi: 'reply', id, reply: [reply] }, '*');
  };
  const answered = ({ id, reply }) => {
    try {
      replies[id](reply);
    } catch {
      // Firebase's callback throws even after success, and Google's script swallows that
    }
  };
  addEventListener('message', ({ data, source }) => {
    if (data?.gapi === 'reply') answered(data);
    if (data?.gapi !== 'call') return;
    if (handlers[data.name]) run(data, source);
    else (early[data.name] ??= []).push([data, source]);
  });
  const connection = (target, loaded) => ({
    register: (name, handler) => {
      handlers[name] = handler;
      for (const [call, source] of early[name]?.splice(0) ?? []) run(call, source);
    },
    send: (name, data, done) => {
      replies[++count] = done;
      target().postMessage({ gapi: 'call', name, data, id: count }, '*');
    },
    restyle: async () => {},
    ping: (done) => loaded.then(done),
  });
  const open = ({ where, url, attributes }, opened) => {
    const frame = document.createElement('iframe');
    Object.assign(frame.style, attributes.style);
    const loaded = new Promise((resolve) => frame.addEventListener('load', resolve));
    frame.src = url;
    where.append(frame);
    return opened(connection(() => frame.contentWindow, loaded));
  };
  const getContext = () => ({ open, getParentIframe: () => connection(() => parent, Promise.resolve()) });
  const load = (_module, { callback }) => callback();
  window.gapi = { load, iframes: { Iframe: class {}, CROSS_ORIGIN_IFRAMES_FILTER: 'any', getContext } };
  const onload = new URL(document.currentScript.src).searchParams.get('onload') ?? 'gapi_onload';
  window[onload]?.();
})();
"""


def serve_gapi(context: BrowserContext) -> None:
    """Answer for https://apis.google.com/js/api.js in every page and frame of the context."""
    context.route(
        "https://apis.google.com/js/api.js**",
        lambda route: route.fulfill(body=_SCRIPT, content_type="text/javascript"),
    )
