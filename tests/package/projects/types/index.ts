// Every name that the package exports, used as a page would use it. tsc checks it in strict mode and nothing runs it.
import "fax-widget/auto";
import manifest from "fax-widget/custom-elements.json" with { type: "json" };
import {
  FaxClient,
  FaxError,
  FaxWidgetElement,
  defineFaxWidget,
  init,
  type FaxAttachment,
  type FaxCallOptions,
  type FaxPages,
  type FaxRenderOptions,
  type FaxClientOptions,
  type FaxCoverPage,
  type FaxDirectory,
  type FaxDraft,
  type FaxDraftInit,
  type FaxErrorCode,
  type FaxErrorDetails,
  type FaxFollowOptions,
  type FaxInitOptions,
  type FaxLook,
  type FaxMessage,
  type FaxMessageList,
  type FaxMessageQuery,
  type FaxMessageStatus,
  type FaxOutcome,
  type FaxParty,
  type FaxPluralForms,
  type FaxProgress,
  type FaxRecipient,
  type FaxResend,
  type FaxResolution,
  type FaxSendOptions,
  type FaxSentenceName,
  type FaxSentences,
  type FaxTokenProvider,
  type FaxUnsettled,
  type FaxWasmSource,
  type FaxWidgetEventMap,
  type FaxWidgetLooseProps,
  type FaxWidgetPlainProperty,
  type FaxWidgetProps,
} from "fax-widget";

// ----- where the module comes from

const bytes = new Uint8Array();
const sources: FaxWasmSource[] = ["/fax-widget_bg.wasm", new URL("https://example.com/"), new Response(), bytes, bytes.buffer];
for (const wasm of sources) await init({ wasm });
const module: FaxInitOptions = { wasm: WebAssembly.compileStreaming(fetch("/fax-widget_bg.wasm")) };
const nothing: void = await init(module);
await init({ wasm: fetch("/fax-widget_bg.wasm") });
await init();

defineFaxWidget();
defineFaxWidget("my-fax");
const tags: string[] = manifest.modules.map(({ path }) => path);

// ----- the element

const made: FaxWidgetElement = document.createElement("fax-widget");
const found = document.querySelector("fax-widget");
if (found instanceof FaxWidgetElement) found.remove();
const observed: readonly string[] = FaxWidgetElement.observedAttributes;

made.server = "https://platform.ringcentral.com";
[made.account, made.extension] = ["~", "~"];
made.endpoint = null;
made.credentials = "same-origin";
made.clientId = "abc";
made.redirectUri = null;
made.keepSignIn = true;
made.encoding = "mixed";
made.view = "resend";
made.messageIds = "1, 2";
made.review = "off";
made.persist = true;
made.remember = "device";
made.retypeUnknown = true;
made.theme = "dark";
made.to = "+16505550100";
made.isoCode = "DE";
made.faxResolution = "Low";
made.coverIndex = 7;
made.coverPageText = undefined;
made.sendTime = null;
made.token = "token";
const index: string | null = made.coverIndex;
// @ts-expect-error: no such view
made.view = "inbox";
// @ts-expect-error: read as a string
const number: number | null = made.coverIndex;

const tokenProvider: FaxTokenProvider = async (reason) => (reason === "expired" ? "new" : "first");
made.tokenProvider = tokenProvider;
// @ts-expect-error: no token comes of it
made.tokenProvider = async () => 7;
const directory: FaxDirectory = (phoneNumber) => (phoneNumber.startsWith("+1") ? "Anna" : null);
made.directory = directory;
const name: FaxSentenceName = "chooseFiles";
const files: FaxPluralForms = { one: "1 file", few: "{n} files", other: "{n} files" };
const sentences: FaxSentences = { newFax: "Off it goes", [name]: "Choose", filesAdded: files };
made.messages = sentences;
// @ts-expect-error: every language has the form `other`
made.messages = { filesAdded: { one: "1 file" } };
// @ts-expect-error: no such sentence
made.messages = { newFacts: "Off it goes" };

const recipient: FaxRecipient = { phoneNumber: "+16505550100", name: "Anna" };
const resolution: FaxResolution = "High";
const start: FaxDraftInit = { to: [recipient, "+16505550101"], attachments: [new File([], "a.pdf")], faxResolution: resolution };
made.fax = start;
made.fax = { attachments: document.querySelector("input")?.files, sendTime: new Date(), coverIndex: "0" };
const draft: FaxDraft = made.fax;
const named: string[] = draft.attachments.map((file) => file.name);
const chosen: number | undefined = draft.coverIndex;
made.addFiles(draft.attachments);
made.addFiles(new DataTransfer().files);
const sent: FaxMessage = await made.submit();
const request: FaxResend = { originalMessageId: sent.id, to: [recipient], sendTime: new Date() };
await made.resend(request);
made.cancel();
made.reset();
// @ts-expect-error: takes nothing
made.submit(draft);

// ----- events

made.addEventListener("fax-ready", (event) => { const nothing: null = event.detail; });
made.addEventListener("fax-change", (event) => { const target: EventTarget | null = event.currentTarget; });
document.addEventListener("fax-submit", (event) => { if (event.detail.to.length > 1) event.preventDefault(); });
window.addEventListener("fax-progress", (event) => { const phase: FaxProgress["phase"] = event.detail.phase; });
document.body.addEventListener("fax-accepted", ({ detail }) => { const id: number | string = detail.id; });
made.addEventListener("fax-status", ({ detail }) => { const status: FaxMessageStatus | undefined = detail.messageStatus; });
made.addEventListener("fax-error", ({ detail }) => { const error: FaxError = detail; });
const names: (keyof FaxWidgetEventMap)[] = ["fax-ready", "fax-change", "fax-submit", "fax-progress", "fax-accepted", "fax-status", "fax-error"];

// ----- templates

const plain: FaxWidgetPlainProperty[] = ["server", "clientId", "keepSignIn", "retypeUnknown"];
const loose: FaxWidgetLooseProps = { coverIndex: 7, fax: start };
const props: FaxWidgetProps = { ...loose, view: "send", persist: undefined, "onfax-accepted": ({ detail }) => detail.id };
// @ts-expect-error: a method is no property
const method: FaxWidgetProps = { submit: async () => sent };

// ----- without the form

const options: FaxClientOptions = { server: "https://platform.ringcentral.com", account: "~", extension: undefined, endpoint: "/fax", credentials: "include", encoding: "form-data", token: "token", tokenProvider };
const client = new FaxClient(options);
new FaxClient();
const { signal } = new AbortController();
const call: FaxCallOptions = { signal };
const progress: FaxSendOptions = { signal, onProgress: ({ phase, loaded, total }) => [phase, loaded, total], onTwin: ({ id }) => client.cancel(id) };
const follow: FaxFollowOptions = { ...call, onStatus: ({ messageStatus }) => messageStatus };
const query: FaxMessageQuery = { direction: "Outbound", dateFrom: new Date(), dateTo: "2031-01-15T09:30:00Z", page: 1, perPage: 100 };

const message = await client.send(start, progress);
await client.resend(request, progress);
await client.message(message.id, call);
const list: FaxMessageList = await client.messages(query, call);
const next: string | undefined = list.navigation?.nextPage?.uri;
const pages: FaxCoverPage[] = await client.coverPages(call);
const document_: Blob | null = await client.document(message.id, call);
const end: FaxMessage = await client.follow("12345678", follow);
const gone: void = await client.cancel(message.id, call);
const open: FaxUnsettled[] = await client.unsettled(call);
const seen: FaxLook = await client.look(open[0]?.key ?? "", call);
const asItWas: [FaxMessage | undefined, void] = [seen.outcome === "accepted" ? seen.message : undefined, await client.settle("key", call)];
const rendering: FaxRenderOptions = { faxResolution: "Low", signal };
const rendered: FaxPages = await client.renderPages([new File([], "a.png")], rendering);
const shown: [File, number, number] = [rendered.file, rendered.pageCount, (await made.renderPages()).seconds];
made.pages = "as-is";
// @ts-expect-error: no such wish
made.pages = "maybe";
const party: FaxParty | undefined = end.to?.[0];
const attachment: FaxAttachment | undefined = end.attachments?.[0];
// @ts-expect-error: an id is a must
client.cancel();
// @ts-expect-error: no such direction
client.messages({ direction: "Sideways" });

// ----- failures

try {
  await client.send({ to: [] });
} catch (error) {
  if (error instanceof FaxError) {
    const code: FaxErrorCode = error.code;
    const outcome: FaxOutcome = error.outcome;
    const details: FaxErrorDetails = error;
    const rest: [number | undefined, string | undefined] = [error.status ?? error.retryAfter, error.errorCode ?? error.parameterName];
    if (code === "rate-limited" && outcome === "not-sent") console.log(details, rest, error.message, error.stack);
    // @ts-expect-error: no such code
    if (code === "broken") console.log();
  }
}
const own: "FaxError" = new FaxError("Offline", { code: "offline", outcome: "not-sent" }).name;
