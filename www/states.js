// The states of the gallery. Each is reached through the public face: properties, methods, events, and parts that are
// pressed as a person would press them. What the practice service cannot do for a state, a stand-in for fetch does, and
// its entry says so. The lines of `reach` are shown beside the state.
import { exampleFax, letter, locked, scan } from "./practice.js";

/** Numbers of the practice service: accepted at once; for good in its queue; failing; or answered badly. */
const bad = (day) => `+999000${String(day).padStart(4, "0")}`;

/** A service that is not there: a stand-in answers for it, and no request leaves the page. */
const nowhere = (name) => `https://${name}.invalid`;

// A fax of which it is not known what became is looked for in its own mailbox, by every form of that mailbox. So that no
// other form of this site does, those states have mailboxes of their own.

export const GROUPS = {
  "Filling in": [
    {
      id: "empty", title: "Empty", shows: "form",
      about: "As it opens: nothing is filled in, and nothing is called wrong yet.",
      reach() {},
    },
    {
      id: "filled", title: "Filled in", shows: "document",
      about: "Recipients and documents, in the order in which they go.",
      async reach({ widget }) {
        widget.fax = await exampleFax();
      },
    },
    {
      id: "many", title: "Many of both", shows: "document",
      about: "Long lists scroll by themselves, so that the button stays near.",
      reach({ widget }) {
        const twelve = Array.from({ length: 12 }, (_, i) => i + 1);
        widget.fax = {
          to: twelve.map((n) => ({ phoneNumber: `+165055501${n + 10}`, name: `Branch ${n}` })),
          attachments: twelve.map((n) => letter(`Enclosure ${n}.pdf`)),
        };
      },
    },
    {
      id: "pages", title: "The pages of its documents", shows: "page",
      about: "What the other side’s machine will print, in the order in which it goes; and what it comes to.",
      async reach({ widget, part }) {
        widget.fax = await exampleFax();
        await part("page");
      },
    },
    {
      id: "page", title: "One page, large", shows: "page-as-faxed",
      about: "Turned, moved, left out or looked at in the other resolution, beside the original.",
      async reach({ widget, press }) {
        widget.fax = await exampleFax();
        await press("page");
      },
    },
    {
      id: "left-out", title: "A page turned, and left out", shows: "page-screen",
      about: "What was changed goes as it is shown; the same buttons take it back.",
      async reach({ widget, press }) {
        widget.fax = await exampleFax();
        await press("page");
        await press("page-turn");
        await press("page-leave-out");
      },
    },
    {
      id: "notes", title: "What to know of a document", shows: "document-pages",
      about: "Said before it costs anything: damage, a name that misleads, a password.",
      how: "The second is a picture, and the third has no password that opens it.",
      async reach({ widget, part }) {
        widget.pages = "as-is";
        const damaged = new File(["%PDF-1.7 and nothing that is one"], "Damaged.pdf");
        widget.fax = { ...(await exampleFax()), attachments: [damaged, await scan("Scan.pdf"), await locked("Payslip.pdf")] };
        await part("control", { within: "document-pages", nth: 1 });
      },
    },
    {
      id: "too-many", title: "More pages than a fax can have", shows: "error",
      about: "A fax has 200 pages at most, over all of its documents.",
      async reach({ widget }) {
        const report = new File(["A line.\n".repeat(56 * 230)], "Report.txt", { type: "text/plain" });
        widget.fax = { ...(await exampleFax()), attachments: [report] };
      },
    },
    {
      id: "invalid", title: "With mistakes", shows: "flaws",
      about: "Every mistake stands at its field, and in a summary that leads there.",
      async reach({ widget }) {
        widget.fax = {
          to: [{ phoneNumber: "1-800-CLINIC" }, { phoneNumber: "+16505550100" }],
          attachments: [new File(["…"], "Photo.heic"), new File([], "Blank.pdf")],
          coverIndex: 0, coverPageText: "For the records department.", sendTime: "2020-01-31T09:00",
        };
        await widget.submit().catch((error) => error.code); // "invalid"
      },
    },
    {
      id: "dragging", title: "A file is dragged over it", shows: "drop-zone",
      about: "The whole form takes the file, not only the box.",
      how: "The part “form” gets the event that a browser makes of a file dragged over it.",
      async reach({ part }) {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(letter("Letter.pdf"));
        (await part("form")).dispatchEvent(new DragEvent("dragenter", { dataTransfer, bubbles: true }));
      },
    },
    {
      id: "kept", title: "Draft kept", shows: "notice",
      about: "With `persist`, a draft outlives the page, files included.",
      how: "One widget keeps it and leaves; the next brings it back. Leaving this state discards it.",
      async reach({ widget, anew, after }) {
        widget.persist = true;
        widget.fax = await exampleFax();
        await after(1_800); // kept when nothing has changed for a moment
        anew().persist = true;
      },
      leave: (widget) => widget.reset(),
    },
    {
      id: "not-kept", title: "The draft cannot be kept", shows: "notice",
      about: "With `persist`, on a device that has no room: said before somebody relies on it.",
      how: "A stand-in for the browser’s database takes nothing.",
      async reach({ widget, pretend }) {
        pretend(IDBObjectStore.prototype, "put", () => {
          throw new DOMException("no room", "QuotaExceededError");
        });
        widget.persist = true;
        widget.fax = await exampleFax();
      },
      leave: (widget) => widget.reset(),
    },
    {
      id: "discard", title: "Asked whether to discard", shows: "danger",
      about: "The one button that loses something asks first.",
      async reach({ widget, press }) {
        widget.fax = await exampleFax();
        await press("discard");
      },
    },
    {
      id: "no-covers", title: "Without the list of cover pages", shows: "cover",
      about: "The list could not be had; a fax can go all the same.",
      how: "A stand-in for fetch answers for a service that is not there: 503.",
      reach({ widget, answer }) {
        widget.server = nowhere("no-covers");
        answer(widget.server, () => new Response("{}", { status: 503 }));
      },
    },
  ],
  "Signing in": [
    {
      id: "signed-out", title: "Nobody is signed in", shows: "sign-in",
      about: "With `client-id`, people bring their own account. The form can be filled in before.",
      async reach({ widget }) {
        Object.assign(widget, { token: undefined, clientId: "gallery" });
        widget.fax = await exampleFax();
      },
    },
    {
      id: "sign-in-window", title: "In another window", shows: "sign-in",
      about: "The service’s own page asks for the password, in a window of its own.",
      how: "A stand-in for `window.open` opens none.",
      async reach({ widget, press, pretend }) {
        Object.assign(widget, { token: undefined, clientId: "gallery" });
        pretend(window, "open", () => standInWindow(() => {}));
        await press("sign-in-button");
      },
    },
    {
      id: "sign-in-blocked", title: "The window was blocked", shows: "sign-in",
      about: "The whole page can go to the sign-in instead, and comes back with the draft.",
      how: "A stand-in for `window.open` refuses.",
      async reach({ widget, press, pretend }) {
        Object.assign(widget, { token: undefined, clientId: "gallery" });
        pretend(window, "open", () => null);
        await press("sign-in-button");
      },
    },
    {
      id: "sign-in-declined", title: "Declined", shows: "sign-in",
      about: "The person, or the service for them, said no.",
      how: "A stand-in for `window.open` answers as the service’s page does.",
      async reach({ widget, press, pretend }) {
        Object.assign(widget, { token: undefined, clientId: "gallery" });
        pretend(window, "open", () => standInWindow((state) => `state=${state}&error=access_denied`));
        await press("sign-in-button");
      },
    },
    {
      id: "signed-in", title: "Signed in", shows: "session",
      about: "Tokens stay in memory; there is a way out.",
      how: "Stand-ins for `window.open` and fetch answer as the service does.",
      async reach({ widget, press, pretend, answer }) {
        Object.assign(widget, { token: undefined, clientId: "gallery-in" });
        pretend(window, "open", () => standInWindow((state) => `state=${state}&code=0123`));
        answer("/restapi/oauth/token", () => Response.json({ access_token: "sandbox", token_type: "bearer", expires_in: 3600 }));
        await press("sign-in-button");
      },
    },
    {
      id: "expired", title: "The sign-in has expired", shows: "sign-in",
      about: "What was filled in stays, for whoever signs in again.",
      how: "Stand-ins for `window.open` and fetch answer as the service does; the token is none that it knows.",
      async reach({ widget, press, part, pretend, answer }) {
        Object.assign(widget, { token: undefined, clientId: "gallery-expired" });
        widget.fax = await exampleFax();
        pretend(window, "open", () => standInWindow((state) => `state=${state}&code=0123`));
        answer("/restapi/oauth/token", () => Response.json({ access_token: "of-yesterday", token_type: "bearer", expires_in: 3600 }));
        const asked = new Promise((resolve) => answer("/fax-cover-page", (request, pass) => (resolve(), pass(request))));
        await press("sign-in-button");
        await asked; // with that token
        await part("sign-in-button");
      },
    },
    {
      id: "unheard", title: "Signed out, unconfirmed", shows: "sign-in",
      about: "The tokens are forgotten here; whether the service knows of it is not known.",
      how: "Stand-ins for `window.open` and fetch answer as the service does, but for the last word.",
      async reach({ widget, press, pretend, answer }) {
        Object.assign(widget, { token: undefined, clientId: "gallery-out" });
        pretend(window, "open", () => standInWindow((state) => `state=${state}&code=0123`));
        answer("/restapi/oauth/token", () => Response.json({ access_token: "sandbox", token_type: "bearer", expires_in: 3600 }));
        answer("/restapi/oauth/revoke", () => new Response("{}", { status: 503 }));
        await press("sign-in-button");
        await press("sign-out");
      },
    },
  ],
  "Before it goes": [
    {
      id: "review", title: "Review", shows: "review",
      about: "What goes, and to whom, in large type. `review=\"off\"` leaves it out.",
      async reach({ widget, press }) {
        widget.fax = await exampleFax();
        await press("send");
      },
    },
    {
      id: "numbers", title: "What is known of a number", shows: "review",
      about: "Names come from the page’s directory; a number of which nothing is known is typed twice.",
      async reach({ widget, press }) {
        widget.directory = (number) => ({ "+16505550188": "Hillside Practice" })[number] ?? null;
        widget.retypeUnknown = true;
        widget.fax = { ...(await exampleFax()), to: [{ phoneNumber: "+16505550188" }, { phoneNumber: "+16505550189" }] };
        await press("send");
      },
    },
    {
      id: "repeat", title: "The same once more?", shows: "repeat",
      about: "The same documents went to the same number within the hour. A script is not asked, a person is.",
      async reach({ widget, press }) {
        widget.fax = await exampleFax();
        const fax = widget.fax;
        await widget.submit();
        widget.reset();
        widget.fax = fax;
        await press("send"); // of the form
        await press("send", { within: "review" });
      },
    },
  ],
  "On its way": [
    {
      id: "sending", title: "Sending", shows: "progress",
      about: "No percentage: fetch does not tell how much has gone, and a guess would be a lie.",
      how: "This number of the practice service is never answered.",
      async reach({ widget }) {
        widget.extension = "2";
        widget.fax = { ...(await exampleFax()), to: [{ phoneNumber: bad(408) }] };
        widget.submit().catch(() => {});
      },
      leave: (widget) => widget.cancel(),
      settles: true,
    },
    {
      id: "waiting", title: "Waiting for the service", shows: "progress",
      about: "The service has too much to do, and says for how long.",
      how: "A stand-in for fetch answers for a service that is not there: 429, try again in four minutes.",
      async reach({ widget, answer }) {
        widget.server = nowhere("waiting");
        answer(widget.server, () => new Response("{}", { status: 429, headers: { "retry-after": "240" } }));
        widget.fax = await exampleFax();
        widget.submit().catch(() => {});
      },
    },
    {
      id: "looking", title: "Looking what became of it", shows: "progress",
      about: "The answer was lost. The account’s message list tells whether the fax was accepted.",
      how: "This number of the practice service breaks the connection; a stand-in for fetch holds the list back for half a minute.",
      async reach({ widget, answer, after, heard }) {
        widget.extension = "3";
        answer("/message-store?", (request, pass) => after(30_000).then(() => pass(request)));
        widget.fax = { ...(await exampleFax()), to: [{ phoneNumber: bad(499) }] };
        widget.submit().catch(() => {});
        await heard("fax-progress", ({ phase }) => phase === "looking");
      },
      settles: true,
    },
  ],
  "What became of it": [
    {
      id: "accepted", title: "Accepted", shows: "accepted",
      about: "The service has it. Nothing has been faxed yet, and no word says so.",
      how: "A fax to this number of the practice service stays in its queue.",
      async reach({ widget }) {
        widget.fax = { ...(await exampleFax()), to: [{ phoneNumber: bad(9), name: "Records" }] };
        await widget.submit();
      },
    },
    {
      id: "sent", title: "Sent", shows: "accepted",
      about: "Followed to its end: every recipient got it.",
      async reach({ widget, heard }) {
        widget.fax = await exampleFax();
        await widget.submit();
        await heard("fax-status", ({ messageStatus }) => messageStatus === "Sent");
      },
    },
    {
      id: "partial", title: "Sent to some", shows: "remedy",
      about: "Who did not get it, why, and what helps.",
      async reach({ widget, heard }) {
        widget.fax = { ...(await exampleFax()), to: [{ phoneNumber: "+16505550100" }, { phoneNumber: bad(1) }] };
        await widget.submit();
        await heard("fax-status", ({ to }) => to.every(({ messageStatus }) => messageStatus !== "Queued"));
      },
    },
    {
      id: "scheduled", title: "Scheduled", shows: "accepted",
      about: "Accepted, to go out later; until then it can be cancelled.",
      async reach({ widget }) {
        const tomorrow = new Date(Date.now() + 86_400_000);
        widget.fax = { ...(await exampleFax()), sendTime: tomorrow.toISOString() };
        await widget.submit();
      },
    },
    {
      id: "refused", title: "Not sent: refused", shows: "failure",
      about: "Nothing went out, the draft is whole, and the codes are there for whoever is asked.",
      async reach({ widget }) {
        widget.fax = { ...(await exampleFax()), to: [{ phoneNumber: bad(403) }] };
        await widget.submit().catch((error) => error.outcome); // "not-sent"
      },
    },
    {
      id: "offline", title: "Not sent: offline", shows: "failure",
      about: "There is no connection, and nothing was tried.",
      how: "`navigator.onLine` says no for as long as this state is shown.",
      async reach({ widget, pretend }) {
        pretend(navigator, "onLine", false);
        widget.fax = await exampleFax();
        await widget.submit().catch((error) => error.code); // "offline"
      },
    },
    {
      id: "unknown", title: "Not known", shows: "doubt",
      about: "The answer was lost, and the list cannot be read: a person has to look. Sending again says what that risks.",
      how: "This number of the practice service breaks the connection; this token may not read the list.",
      async reach({ widget }) {
        widget.extension = "4";
        widget.token = "no-messages";
        widget.fax = { ...(await exampleFax()), to: [{ phoneNumber: bad(499) }] };
        await widget.submit().catch((error) => error.outcome); // "unknown"
      },
      leave: (widget) => void (widget.token = "sandbox"),
      settles: true,
    },
    {
      id: "twice", title: "Accepted twice", shows: "twin",
      about: "A browser may repeat a request by itself. The second fax can be cancelled as long as it waits.",
      how: "The practice service takes a fax to the first of these numbers twice, and answers after three seconds.",
      async reach({ widget, part }) {
        widget.fax = { ...(await exampleFax()), to: [{ phoneNumber: bad(497) }, { phoneNumber: bad(9) }] };
        await widget.submit();
        await part("twin");
      },
    },
  ],
  "Sent and received faxes": [
    {
      id: "nothing", title: "Nothing sent yet", shows: "faxes",
      about: "The lists as they open; ids that are at hand can be typed.",
      reach({ widget }) {
        widget.extension = "9";
        widget.view = "resend";
      },
    },
    {
      id: "list", title: "The account’s list", shows: "fax-line",
      about: "Of thousands only those in view exist.",
      async reach({ widget, press, after }) {
        await sendSome(widget, after);
        widget.view = "resend";
        await press("tab", { nth: 1 });
      },
    },
    {
      id: "ids", title: "Ids, some of them wrong", shows: "fax",
      about: "Each id gets its own answer.",
      how: "The practice service holds two faxes from the start; these are one of them and what is none.",
      reach({ widget }) {
        Object.assign(widget, { messageIds: "1900000001 12ab 999999", view: "resend" });
      },
    },
    {
      id: "unreadable", title: "The service cannot be read", shows: "faxes",
      about: "What could not be had, and a way to try again.",
      async reach({ widget, press }) {
        widget.token = "no-messages";
        widget.view = "resend";
        await press("tab", { nth: 1 });
      },
    },
    {
      id: "failed", title: "One fax, failed for most", shows: "remedy",
      about: "Reasons that have the same remedy stand together.",
      async reach({ widget, heard, press }) {
        const numbers = ["+16505550100", bad(1), bad(2), bad(3), "+9997000099"];
        widget.fax = { ...(await exampleFax()), to: numbers.map((phoneNumber) => ({ phoneNumber })) };
        await widget.submit();
        await heard("fax-status", ({ to }) => to.every(({ messageStatus }) => messageStatus !== "Queued"));
        await press("faxes-link");
        await press("fax-line");
      },
    },
    {
      id: "cancel", title: "Asked whether to cancel", shows: "danger",
      about: "What waits can be called back, until it goes out.",
      async reach({ widget, press }) {
        widget.fax = { ...(await exampleFax()), to: [{ phoneNumber: bad(9) }] };
        const { id } = await widget.submit();
        Object.assign(widget, { messageIds: id, view: "resend" });
        await press("cancel-fax");
      },
    },
    {
      id: "document", title: "The document as it was faxed", shows: "rendered-document",
      about: "Fetched with the token, shown and saved from memory.",
      async reach({ widget, press, part }) {
        Object.assign(widget, { messageIds: "1900000001", view: "resend" });
        await press("show-document");
        await part("save-document");
      },
    },
    {
      id: "preparing", title: "Its document is being prepared", shows: "rendered-document",
      about: "Asked for again by itself, until it is there.",
      async reach({ widget, press }) {
        widget.fax = { ...(await exampleFax()), to: [{ phoneNumber: bad(9) }] };
        const { id } = await widget.submit();
        Object.assign(widget, { messageIds: id, view: "resend" });
        await press("show-document");
      },
    },
    {
      id: "sheet", title: "Confirmation sheet", shows: "sheet",
      about: "For the file: printed, or saved as a PDF. Paper is white in every theme.",
      async reach({ widget, heard, press }) {
        widget.fax = await exampleFax();
        await widget.submit();
        await heard("fax-status", ({ messageStatus }) => messageStatus === "Sent");
        await press("confirmation");
      },
    },
  ],
  "Sending again": [
    {
      id: "again", title: "To those it failed for", shows: "resend-form",
      about: "Nobody gets it twice who has it already.",
      async reach({ widget, heard, press }) {
        widget.fax = { ...(await exampleFax()), to: [{ phoneNumber: "+16505550100" }, { phoneNumber: bad(1) }] };
        const { id } = await widget.submit();
        await heard("fax-status", ({ to }) => to.every(({ messageStatus }) => messageStatus !== "Queued"));
        Object.assign(widget, { messageIds: id, view: "resend" });
        await press("resend-failed");
      },
    },
    {
      id: "forward", title: "Forward", shows: "resend-form",
      about: "A fax that came in, to other numbers.",
      async reach({ widget, press }) {
        Object.assign(widget, { messageIds: "1900000001", view: "resend" });
        await press("forward");
      },
    },
    {
      id: "forward-invalid", title: "Forward, with mistakes", shows: "resend-flaws",
      about: "The same checks as for a new fax.",
      async reach({ widget, press }) {
        Object.assign(widget, { messageIds: "1900000002", view: "resend" });
        await press("forward");
        await press("send");
      },
    },
    {
      id: "batch", title: "Several, one after the other", shows: "batch",
      about: "Each is told apart; what has not begun can be stopped.",
      how: "A stand-in for fetch holds every post back for half a minute.",
      async reach({ widget, press, part, answer, after, anew }) {
        widget.extension = "5";
        const messageIds = await sendSome(widget, after);
        Object.assign(anew(), { extension: "5", messageIds, view: "resend" });
        answer("/fax", async (request, pass) => after(30_000).then(() => pass(request)));
        await press("resend", { within: "footer" });
        await press("send");
        await part("repeat"); // they went a moment ago
        await press("send");
      },
    },
    {
      id: "batch-end", title: "Its end", shows: "batch",
      about: "What came of each.",
      async reach({ widget, press, part, after, anew }) {
        widget.extension = "5";
        const messageIds = await sendSome(widget, after);
        Object.assign(anew(), { extension: "5", messageIds, view: "resend" });
        await press("resend", { within: "footer" });
        await press("send");
        await part("repeat");
        await press("send");
        await part("back", { within: "batch" });
      },
    },
  ],
  "Around it": [
    {
      id: "before", title: "Before it stands", shows: "",
      about: "What the page put inside shows until the widget is there.",
      how: "A stand-in for WebAssembly never comes to an end. This state loads the page anew.",
      fresh: true,
      reach({ widget, pretend }) {
        for (const start of ["instantiate", "instantiateStreaming"]) pretend(WebAssembly, start, () => new Promise(() => {}));
        const children = document.createElement("p");
        children.textContent = "Loading the fax form…";
        widget.append(children);
      },
    },
    {
      id: "loading", title: "The rest is on its way", shows: "loading",
      about: "The form comes first; everything behind it is a download of its own.",
      how: "A stand-in for fetch holds that back. This state loads the page anew.",
      fresh: true,
      reach({ widget, answer }) {
        answer("fax-widget_rest_", () => new Promise(() => {}));
        widget.view = "resend";
      },
    },
    {
      id: "cannot-start", title: "It cannot start", shows: "error",
      about: "A browser or a policy refuses WebAssembly: a plain sentence, in the page’s language.",
      how: "A stand-in for WebAssembly refuses. This state loads the page anew.",
      fresh: true,
      reach({ pretend }) {
        for (const start of ["instantiate", "instantiateStreaming"]) pretend(WebAssembly, start, () => Promise.reject(new Error("refused")));
      },
    },
    {
      id: "no-token", title: "Without a token", shows: "failure",
      about: "The page gave none: nothing is asked of the service, and nothing goes.",
      async reach({ widget }) {
        widget.token = undefined;
        widget.fax = await exampleFax();
        await widget.submit().catch((error) => error.code); // "unauthorized"
      },
    },
  ],
};

/** What the widget takes for the window of the sign-in; `answer` gives the query with which that would come back. */
const standInWindow = (answer) => ({
  closed: false,
  close() {},
  location: {
    replace(address) {
      const query = answer(new URL(address).searchParams.get("state"));
      if (query) window.postMessage(query, location.origin);
    },
  },
});

/** Sends two faxes through the widget, waits until the practice service is through with them, and gives their ids. */
async function sendSome(widget, after) {
  const ids = [];
  for (const phoneNumber of ["+16505550100", "+16505550101"]) {
    widget.fax = { ...(await exampleFax()), to: [{ phoneNumber }] };
    ids.push((await widget.submit()).id);
    widget.reset();
  }
  await after(4_000);
  return ids.join();
}
