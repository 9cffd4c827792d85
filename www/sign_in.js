// The way back from the service's sign-in. This runs before the WebAssembly module is fetched: it takes the answer out
// of the address bar at once and, in a window that the widget has opened, hands it to the page that waits for it.
const AWAY = "fax-widget.sign-in.away"; // what src/client/sign_in.rs wrote before the page was left
const OURS = "fax-widget."; // what every state of ours begins with
const PATIENCE = 2000; // milliseconds in which a page that waits has said so

/**
 * What came back, for the WebAssembly module: nothing; "taken", where another page has it and this window does not close;
 * or the query of the answer, and in a second line what was written before this page was left.
 */
export const answer = globalThis.document && read();

async function read() {
  const query = new URLSearchParams(location.search);
  const state = query.get("state") ?? "";
  let away = "";
  try {
    away = sessionStorage[AWAY] ?? "";
    delete sessionStorage[AWAY]; // once, whatever comes of it
  } catch {
    // A page without storage has not been left for a sign-in.
  }
  if (!state.startsWith(OURS) || !(query.has("code") || query.has("error"))) return away && `\n${away}`;

  const left = new URLSearchParams(away);
  const isBack = left.get("state") === state;
  // All of the query: what the service adds besides is not documented. What the page had there before comes back.
  history.replaceState(history.state, "", location.href.replace(/[?#].*/, "") + (isBack ? left.get("back") : ""));
  if (!isBack && (await isTaken(`${query}`, state))) {
    close();
    // Still here: the sign-in cut this window off from the page that opened it.
    await new Promise((resolve) => setTimeout(resolve, 500));
    return "taken";
  }
  return `${query}\n${away}`;
}

/** Hands the answer to the page that set out with this state, and waits until it says that it has it. */
function isTaken(query, state) {
  return new Promise((resolve) => {
    const heard = ({ data }) => data === state && resolve(true);
    // A channel reaches that page also where the sign-in has cut it off; its opener also where storage is parted by site.
    addEventListener("message", (event) => event.origin === location.origin && heard(event));
    globalThis.opener?.postMessage(query, location.origin);
    setTimeout(resolve, PATIENCE);
    try {
      const channel = new BroadcastChannel(state);
      channel.onmessage = heard;
      channel.postMessage(query);
    } catch {
      // A browser without channels, or one that keeps nothing for this site.
    }
  });
}
