// The types of the package, and the one place where every attribute, property, method, event, part and custom property
// of the element is described: scripts/package makes custom-elements.json of the same text.

import type { FaxSentenceName } from "./sentences.js";

export type { FaxSentenceName };

/** Kind of failure; what each means for a fax is at {@link FaxOutcome}. */
export type FaxErrorCode =
  | "invalid"
  | "offline"
  | "network"
  | "timeout"
  | "cancelled"
  | "unauthorized"
  | "forbidden"
  | "not-found"
  | "not-allowed"
  | "too-large"
  | "unsupported"
  | "rate-limited"
  | "refused"
  | "server"
  | "unreadable";

/** What became of a fax that failed: `not-sent`, or `unknown` where it may have been accepted and may yet go out. */
export type FaxOutcome = "not-sent" | "unknown";

/** What a {@link FaxError} says besides its sentence. */
export interface FaxErrorDetails {
  /** What happened; the field to branch on. */
  readonly code: FaxErrorCode;
  /** What became of the fax. Do not send again by yourself where this is `unknown`. */
  readonly outcome: FaxOutcome;
  /** HTTP status, where there was an answer. */
  readonly status?: number;
  /** The service's own error code, such as `CMN-101`. */
  readonly errorCode?: string;
  /** The parameter that is to blame, such as `to` or `attachment`. */
  readonly parameterName?: string;
  /** Seconds that the service asked to wait. */
  readonly retryAfter?: number;
}

/**
 * Every failure of the widget and of {@link FaxClient}. `instanceof` goes by the name, so it also holds for an error that
 * comes out of a frame or out of a second copy of this package.
 */
export class FaxError extends Error implements FaxErrorDetails {
  /** For tests and for wrappers; the widget makes its own. */
  constructor(message: string, details: FaxErrorDetails);
  readonly name: "FaxError";
  readonly code: FaxErrorCode;
  readonly outcome: FaxOutcome;
  readonly status?: number;
  readonly errorCode?: string;
  readonly parameterName?: string;
  readonly retryAfter?: number;
}

/** Somebody who gets the fax. */
export interface FaxRecipient {
  /** International, with plus and country code, or as it is dialled in the country of the draft's `isoCode`. */
  phoneNumber: string;
  /** Printed on the cover page. */
  name?: string;
}

/** Fine (`High`, 200 dpi) or standard (`Low`, 100 dpi, half the time on the line). */
export type FaxResolution = "High" | "Low";

/** A fax as it is being put together. What is not set is absent. */
export interface FaxDraft {
  /** Who gets it. */
  to: FaxRecipient[];
  /** The documents, in the order of their pages. */
  attachments: File[];
  /** `High` where nothing else is said. */
  faxResolution: FaxResolution;
  /** Number of the cover page; 0 for none. Absent, the service adds the account's default one. */
  coverIndex?: number;
  /** Text on the cover page, at most 1,024 characters. */
  coverPageText?: string;
  /** When it is to go out, ISO 8601 in UTC. Absent: at once. */
  sendTime?: string;
  /** Country of numbers without a country code, ISO 3166-1 alpha-2. */
  isoCode?: string;
}

/** What a draft may be made of; what is absent is as in an empty form. */
export interface FaxDraftInit {
  /** Who gets it: numbers, or numbers with names. */
  to?: Iterable<FaxRecipient | string> | null | undefined;
  /** The documents, in the order of their pages; a `FileList` will do. */
  attachments?: Iterable<File> | FileList | null | undefined;
  faxResolution?: FaxResolution | null | undefined;
  coverIndex?: number | string | null | undefined;
  coverPageText?: string | null | undefined;
  /** A text without a zone is local time. */
  sendTime?: Date | string | null | undefined;
  isoCode?: string | null | undefined;
}

/** A fax that the service holds, to go again. */
export interface FaxResend {
  /** Id of the fax that was sent or received. */
  originalMessageId: number | string;
  /** Other recipients than the original's. */
  to?: Iterable<FaxRecipient | string> | null | undefined;
  /** When it is to go out; at once where it is absent. */
  sendTime?: Date | string | null | undefined;
}

/** How far a fax has come. For faxes `Queued`, `Sent`, `SendingFailed` and `Received`. */
export type FaxMessageStatus = "Queued" | "Sent" | "SendingFailed" | "Received" | "Delivered" | "DeliveryFailed";

/** One end of a fax, as the service tells it. */
export interface FaxParty {
  phoneNumber?: string;
  name?: string;
  location?: string;
  extensionNumber?: string;
  extensionId?: string;
  recipientId?: string;
  /** How far the fax to this recipient has come. */
  messageStatus?: FaxMessageStatus;
  /** Why it failed, such as `LineBusy`. The service adds to the list from time to time. */
  faxErrorCode?: string;
}

/** A document of a fax that the service holds. {@link FaxClient.document} fetches it. */
export interface FaxAttachment {
  id?: number | string;
  uri?: string;
  type?: string;
  contentType?: string;
  fileName?: string;
  filename?: string;
  /** Bytes. */
  size?: number;
}

/** The message object of the fax API, passed on as it came; only its id is sure to be there. */
export interface FaxMessage {
  id: number | string;
  uri?: string;
  type?: string;
  direction?: "Inbound" | "Outbound";
  /** Of several recipients the worst: `Queued` while one is, else `SendingFailed` where it failed for one. */
  messageStatus?: FaxMessageStatus;
  to?: FaxParty[];
  from?: FaxParty;
  /** UTC, ISO 8601. */
  creationTime?: string;
  /** UTC, ISO 8601. */
  lastModifiedTime?: string;
  readStatus?: "Read" | "Unread";
  priority?: "Normal" | "High";
  availability?: "Alive" | "Deleted" | "Purged";
  attachments?: FaxAttachment[];
  faxResolution?: FaxResolution;
  /** 0 until the service has made pages of the documents. */
  faxPageCount?: number;
  coverIndex?: number;
  coverPageText?: string;
}

/** A page of the account's message list, as the service tells it. */
export interface FaxMessageList {
  uri?: string;
  records: FaxMessage[];
  paging?: {
    page?: number;
    perPage?: number;
    pageStart?: number;
    pageEnd?: number;
    totalPages?: number;
    totalElements?: number;
  };
  /** There is no `nextPage` on the last page. */
  navigation?: Partial<Record<"firstPage" | "nextPage" | "previousPage" | "lastPage", { uri: string }>>;
}

/** A cover page of the service. */
export interface FaxCoverPage {
  /** What {@link FaxDraft.coverIndex} takes. */
  id: string;
  name: string;
}

/** How far a send has come. `fetch` tells no percentage. */
export interface FaxProgress {
  /**
   * `checking` the draft or the token · `uploading` · `waiting` for the service's rate limit · `looking` whether a fax
   * whose answer was lost has been accepted · `accepted`.
   */
  phase: "checking" | "uploading" | "waiting" | "looking" | "accepted";
  /** Bytes that have been uploaded, where the browser tells. */
  loaded?: number;
  /** Bytes of all documents. */
  total?: number;
}

/**
 * Fetches an access token: the first one, or another because the last has `expired`. Asked again before a fax is given up as
 * `unauthorized`. A page gets tokens from its own server: no client secret belongs into a browser.
 */
export type FaxTokenProvider = (reason: "initial" | "expired") => Promise<string> | string;

/** Names a number, for the person to see before a fax goes there; `null` where it is not known. */
export type FaxDirectory = (phoneNumber: string) => string | null | Promise<string | null>;

/** A sentence for each plural form that the language has, as `Intl.PluralRules` names them. */
export type FaxPluralForms = { other: string } & Partial<Record<"zero" | "one" | "two" | "few" | "many", string>>;

/** Sentences in place of the built-in ones, by name. What stands in braces, as `{number}`, is filled in. */
export type FaxSentences = Partial<Record<FaxSentenceName, string | FaxPluralForms>>;

/** How to reach the service; the same for the element and for {@link FaxClient}. */
export interface FaxClientOptions {
  /** Base of the fax API. @default `"https://platform.ringcentral.com"` */
  server?: string | undefined;
  /** Account in the path. @default `"~"`, the one that the token belongs to */
  account?: string | undefined;
  /** Extension in the path. @default `"~"`, the one that the token belongs to */
  extension?: string | undefined;
  /** Full address of the fax resource, behind a proxy; wins over the three above, and needs no token. */
  endpoint?: string | undefined;
  /** `fetch` credentials, for a proxy with cookies. @default `"omit"` */
  credentials?: "omit" | "same-origin" | "include" | undefined;
  /** How a new fax is packed. @default `"form-data"` */
  encoding?: "form-data" | "mixed" | undefined;
  /** Access token that is there already. */
  token?: string | undefined;
  /** Fetches tokens when they are needed. */
  tokenProvider?: FaxTokenProvider | undefined;
}

/** What every call takes. */
export interface FaxCallOptions {
  /** Stops the call, which then rejects with `cancelled`. */
  signal?: AbortSignal | undefined;
}

/** What a call that sends takes. */
export interface FaxSendOptions extends FaxCallOptions {
  /** Hears how far it has come. */
  onProgress?: ((progress: FaxProgress) => void) | undefined;
  /**
   * Hears of the same fax under another id, within some ten seconds after the call has resolved: browsers repeat a request
   * themselves where a connection breaks. While it is queued, {@link FaxClient.cancel} stops it. Without this, nobody looks.
   */
  onTwin?: ((twin: FaxMessage) => void) | undefined;
}

/** What {@link FaxClient.follow} takes. */
export interface FaxFollowOptions extends FaxCallOptions {
  /** Hears of each change. */
  onStatus?: ((message: FaxMessage) => void) | undefined;
}

/** Which messages are listed. */
export interface FaxMessageQuery {
  /** Both where nothing is said. */
  direction?: "Inbound" | "Outbound" | undefined;
  /** @default 30 days ago */
  dateFrom?: Date | string | undefined;
  /** @default now */
  dateTo?: Date | string | undefined;
  /** From 1. @default 1 */
  page?: number | undefined;
  /** At most 1,000. @default 100 */
  perPage?: number | undefined;
}

/** A fax of which it is not known whether the service took it: its answer was lost, or its page was closed. */
export interface FaxUnsettled {
  /** What {@link FaxClient.look} and {@link FaxClient.settle} take. */
  key: string;
  /** When it set out. UTC, ISO 8601. */
  started: string;
  /** The numbers that it goes to. */
  to: string[];
  /** The fax that was to go again. */
  originalMessageId?: string;
  /** When it was to go out, where that was put off. */
  sendTime?: string;
}

/** What the account's message list says of an unsettled fax. */
export interface FaxLook {
  /** `accepted`, with the message · `not-sent`: it may go again · `unknown`: it cannot be known yet. */
  outcome: "accepted" | FaxOutcome;
  message?: FaxMessage;
}

/** How documents are rendered. */
export interface FaxRenderOptions extends FaxCallOptions {
  /** @default "High" */
  faxResolution?: FaxResolution | undefined;
}

/** Documents as fax pages. */
export interface FaxPages {
  /** All pages, as TIFF: black and white, in the coding of fax machines. */
  file: File;
  pageCount: number;
  /** Estimated seconds on the line at 14,400 bit/s. */
  seconds: number;
}

/**
 * The fax API without a view. The WebAssembly module is fetched at the first call. Every call rejects with a {@link FaxError}.
 *
 * @example
 * const fax = new FaxClient({ tokenProvider });
 * const message = await fax.send({ to: ["+16505550100"], attachments: [file] });
 * const end = await fax.follow(message.id);
 */
export class FaxClient {
  constructor(options?: FaxClientOptions);
  /**
   * Sends a fax; resolves when the service has taken it, before anything has been faxed. Nothing is posted twice by
   * itself. A lost answer is looked up in the account's message list; where that does not settle it, the error's
   * outcome is `unknown`.
   */
  send(fax: FaxDraftInit, options?: FaxSendOptions): Promise<FaxMessage>;
  /** Sends a fax again that the service holds, or forwards one. */
  resend(request: FaxResend, options?: FaxSendOptions): Promise<FaxMessage>;
  /** Reads one message. */
  message(id: number | string, options?: FaxCallOptions): Promise<FaxMessage>;
  /** Lists messages, the newest first. */
  messages(query?: FaxMessageQuery, options?: FaxCallOptions): Promise<FaxMessageList>;
  /** Lists the cover pages. */
  coverPages(options?: FaxCallOptions): Promise<FaxCoverPage[]>;
  /** Deletes the message, which stops a fax that is still queued. */
  cancel(id: number | string, options?: FaxCallOptions): Promise<void>;
  /** The document as it was faxed, PDF or TIFF; `null` while the service is still preparing it. */
  document(id: number | string, options?: FaxCallOptions): Promise<Blob | null>;
  /** The pages of documents as one TIFF; rejects with `invalid` where one of them cannot be rendered here. */
  renderPages(files: readonly File[], options?: FaxRenderOptions): Promise<FaxPages>;
  /**
   * Asks after a message from time to time; resolves when its end is known, sent or failed. All that one client follows is
   * asked after in one request, every ten seconds at most, and not while the page is hidden or offline.
   */
  follow(id: number | string, options?: FaxFollowOptions): Promise<FaxMessage>;
  /** Faxes of this browser, earlier pages included, of which it is not known whether the service took them. */
  unsettled(options?: FaxCallOptions): Promise<FaxUnsettled[]>;
  /** Looks for one of them in the account's message list, which can take half a minute; then it is settled, unless the outcome is `unknown`. */
  look(key: string, options?: FaxCallOptions): Promise<FaxLook>;
  /** Somebody has looked: nothing more is kept of it on this device. */
  settle(key: string, options?: FaxCallOptions): Promise<void>;
}

/** Where the WebAssembly module comes from: an address, an answer to a `fetch`, a compiled module, or its bytes. */
export type FaxWasmSource = string | URL | Request | Response | WebAssembly.Module | BufferSource;

/** What {@link init} takes. */
export interface FaxInitOptions {
  /**
   * A function is called at each try; what is no function cannot be had a second time where the first try failed.
   * @default `fax-widget_bg.wasm` beside the package's own files
   */
  wasm?: FaxWasmSource | Promise<FaxWasmSource> | (() => FaxWasmSource | Promise<FaxWasmSource>) | undefined;
}

/**
 * Fetches and starts the WebAssembly module. Nobody has to call it: the first element, or the first call of a
 * {@link FaxClient}, does. Call it to start earlier, or, before either of them, to say where the module comes from. It
 * starts once a page: later calls join the first; one that failed may be repeated. Rejects where there is no WebAssembly.
 *
 * @example
 * import wasm from "fax-widget/fax-widget_bg.wasm?url"; // Vite's way to name a file
 * await init({ wasm });
 * defineFaxWidget();
 */
export function init(options?: FaxInitOptions): Promise<void>;

/** Registers the element, once, under a name of the page's choice. Does nothing where there is no DOM. @default `"fax-widget"` */
export function defineFaxWidget(tag?: string): void;

/** The events of the element; all bubble and leave shadow roots. */
export interface FaxWidgetEventMap {
  /** The form stands and can be used. */
  "fax-ready": CustomEvent<null>;
  /** The draft has changed; `fax` has it. */
  "fax-change": CustomEvent<null>;
  /** A fax is about to be sent; `preventDefault()` calls it off. */
  "fax-submit": CustomEvent<FaxDraft>;
  /** A send has come further. */
  "fax-progress": CustomEvent<FaxProgress>;
  /** The service took the fax; nothing has been faxed yet. */
  "fax-accepted": CustomEvent<FaxMessage>;
  /** A fax that is followed has changed. */
  "fax-status": CustomEvent<FaxMessage>;
  /** A send failed. */
  "fax-error": CustomEvent<FaxError>;
}

/**
 * A form that composes, checks, sends and follows faxes. What stands inside the element shows until the form does.
 *
 * @tag fax-widget
 *
 * @slot - Shows until the form stands.
 *
 * @fires {CustomEvent<null>} fax-ready - The form stands and can be used.
 * @fires {CustomEvent<null>} fax-change - The draft has changed; `fax` has it.
 * @fires {CustomEvent<FaxDraft>} fax-submit - A fax is about to be sent; `preventDefault()` calls it off.
 * @fires {CustomEvent<FaxProgress>} fax-progress - A send has come further.
 * @fires {CustomEvent<FaxMessage>} fax-accepted - The service took the fax; nothing has been faxed yet.
 * @fires {CustomEvent<FaxMessage>} fax-status - A fax that is followed has changed.
 * @fires {CustomEvent<FaxError>} fax-error - A send failed.
 *
 * @cssprop --fax-accent - Main button, and what is chosen.
 * @cssprop --fax-on-accent - Text on the accent.
 * @cssprop --fax-surface - Ground of the widget.
 * @cssprop --fax-field - Ground of what is typed into.
 * @cssprop --fax-text - Text.
 * @cssprop --fax-muted - Text of less weight.
 * @cssprop --fax-line - Lines between things.
 * @cssprop --fax-edge - Edges of fields and buttons; 3:1 against the ground.
 * @cssprop --fax-tint - What is chosen, or under the pointer; by default some of the accent in the surface.
 * @cssprop --fax-bad - What is wrong or has failed.
 * @cssprop --fax-doubt - What is not known for sure.
 * @cssprop --fax-good - What went well.
 * @cssprop --fax-focus - Ring around what has the focus; by default the accent.
 * @cssprop [--fax-focus-width=3px] - Width of that ring.
 * @cssprop [--fax-font=system-ui, sans-serif] - Font family.
 * @cssprop [--fax-font-size=1rem] - Font size.
 * @cssprop --fax-heading-font - Font family of headings; by default that of the text.
 * @cssprop [--fax-radius=1.125rem] - Corners of the widget.
 * @cssprop [--fax-control-radius=0.5rem] - Corners of fields, boxes and lists; by default never more than the widget's.
 * @cssprop --fax-button-radius - Corners of buttons; by default as fields.
 * @cssprop --fax-border - Border of the widget; `none` for no card.
 * @cssprop --fax-shadow - Shadow of the widget; `none` for none.
 * @cssprop [--fax-control-height=2.75rem] - Least height of fields and buttons; not below 1.5rem.
 * @cssprop [--fax-space=1rem] - Distance between things: 0.75rem is dense, 1.25rem roomy.
 * @cssprop [--fax-max-width=none] - Width of the content in a widget that is wider.
 *
 * @csspart widget - All of it.
 * @csspart screen - What stands in it at a time; has a name of its own beside this one.
 * @csspart header - The top of a screen.
 * @csspart heading - Its heading.
 * @csspart lead - The sentence under that.
 * @csspart footer - The foot of a screen, with its buttons.
 * @csspart columns - The two columns of the form.
 * @csspart column - One of them; with `display: contents` its sections are children of the columns themselves.
 * @csspart legend - Heading of a section.
 * @csspart count - How many it holds.
 * @csspart subheading - Heading of less weight.
 * @csspart field - A label with its control.
 * @csspart label - The words of a label.
 * @csspart control - An input, a select or a text area.
 * @csspart hint - What is said under it.
 * @csspart fields - Several fields side by side.
 * @csspart filters - Those over the account's list.
 * @csspart choice - Choices side by side.
 * @csspart radio - One of them.
 * @csspart button - Any button with words, whatever else it is called.
 * @csspart primary - The main one.
 * @csspart quiet - One of less weight.
 * @csspart danger - One that takes something away.
 * @csspart tab - One that leads to a list.
 * @csspart tool - A button with a picture.
 * @csspart link - A button that reads as a link.
 * @csspart number - A phone number.
 * @csspart thumbnail - The picture of a document.
 * @csspart facts - Terms and what they stand for.
 * @csspart actions - The buttons of a fax.
 * @csspart status - What became of a fax.
 * @csspart banner - What stands out over a screen; has a name of its own beside this one.
 * @csspart doubt - A fax of which it is not known whether it was accepted.
 * @csspart error - What is wrong.
 * @csspart notice - What is worth knowing.
 * @csspart form - The form.
 * @csspart recipients - Its recipients.
 * @csspart recipient-list - Those entered.
 * @csspart recipient - One of them.
 * @csspart add-recipient - The button that adds one.
 * @csspart documents - Its documents.
 * @csspart document-list - Those chosen.
 * @csspart document - One of them.
 * @csspart drop-zone - Where files may be dropped.
 * @csspart choose-files - The button that opens the file chooser.
 * @csspart document-pages - What there is to know of a document's pages.
 * @csspart page-count - How many it has.
 * @csspart pages - All pages as they will print.
 * @csspart pages-total - What they come to.
 * @csspart page-list - The list of them.
 * @csspart page - One of them.
 * @csspart page-screen - One page, large.
 * @csspart page-back - The button that leads back.
 * @csspart page-hint - Whether it goes exactly so.
 * @csspart page-tools - Its buttons.
 * @csspart page-previous - To the page before.
 * @csspart page-next - To the next page.
 * @csspart page-turn - Turns the page.
 * @csspart page-leave-out - Takes it out, or back in.
 * @csspart page-earlier - Moves it one place to the front.
 * @csspart page-later - Moves it one place to the back.
 * @csspart page-smaller - Shows it smaller.
 * @csspart page-larger - Shows it larger.
 * @csspart use-resolution - Gives the fax the resolution that is looked at.
 * @csspart page-as-faxed - The page as a fax machine prints it.
 * @csspart page-original - The page as the document has it.
 * @csspart received-pages - The pages of a document as the service rendered it.
 * @csspart received-page - One of them, beside the one that was shown before it went.
 * @csspart cover - The cover page.
 * @csspart delivery - Resolution, time and country.
 * @csspart discard - The button that empties the form.
 * @csspart flaws - All that is wrong with the form.
 * @csspart failure - Why the last attempt failed.
 * @csspart repeat - The question whether the same fax is to go once more.
 * @csspart twin - A fax that the service holds twice.
 * @csspart review - The step between composing and sending.
 * @csspart send - The button that leads on, or sends.
 * @csspart back - The button that leads back.
 * @csspart progress - The attempt under way.
 * @csspart steps - Its steps.
 * @csspart cancel - The button that stops it.
 * @csspart accepted - What shows when the service took the fax.
 * @csspart message-id - Its id.
 * @csspart new - The button that starts another fax.
 * @csspart sign-in - What asks people to sign in.
 * @csspart sign-in-button - Its button.
 * @csspart session - What says that somebody is signed in.
 * @csspart sign-out - The button that ends that.
 * @csspart faxes-link - The button that leads to the faxes.
 * @csspart compose - The button that leads to a new fax.
 * @csspart faxes - The lists of faxes.
 * @csspart ids - The form that takes message ids.
 * @csspart show - Its button.
 * @csspart fax - A fax that was asked for by its id.
 * @csspart fax-list - A list of faxes.
 * @csspart fax-row - A row of it, 64 pixels high.
 * @csspart fax-line - The button in it.
 * @csspart more - The button that lists more.
 * @csspart forget - The button that forgets what this browser sent.
 * @csspart fax-screen - The screen of one fax.
 * @csspart recipient-status - What became of it for each recipient.
 * @csspart remedy - What helps where it failed.
 * @csspart resend - The button that sends it again.
 * @csspart resend-failed - The button that sends it again to those it failed for.
 * @csspart forward - The button that sends it to others.
 * @csspart cancel-fax - The button that cancels it.
 * @csspart show-document - The button that shows its document.
 * @csspart rendered-document - The document as it was faxed.
 * @csspart save-document - The button that saves it.
 * @csspart confirmation - The button that shows the confirmation sheet.
 * @csspart confirmation-screen - The screen with that sheet.
 * @csspart sheet - The confirmation sheet: paper, with no parts inside.
 * @csspart print - The button that prints it.
 * @csspart resend-form - The form for a fax that goes again.
 * @csspart resend-flaws - All that is wrong with that form.
 * @csspart batch - Several that go again, one after the other.
 * @csspart loading - What shows while more of the program is fetched.
 * @csspart open-document - Opens the document as it was faxed in a tab of its own.
 */
export class FaxWidgetElement extends HTMLElement {
  static readonly observedAttributes: readonly string[];

  /**
   * Base of the fax API.
   * @attr server
   * @default "https://platform.ringcentral.com"
   */
  server: string;
  /**
   * Account in the path; `~` is the one that the token belongs to.
   * @attr account
   * @default "~"
   */
  account: string;
  /**
   * Extension in the path; `~` is the one that the token belongs to.
   * @attr extension
   * @default "~"
   */
  extension: string;
  /**
   * Full address of the fax resource, behind a proxy; wins over the three above, and needs no token.
   * @attr endpoint
   */
  endpoint: string | null;
  /**
   * `fetch` credentials, for a proxy with cookies.
   * @attr credentials
   * @default "omit"
   */
  credentials: "omit" | "same-origin" | "include";
  /**
   * Turns on sign-in: the id of a RingCentral application for browsers (authorization code with PKCE).
   * @attr client-id
   */
  clientId: string | null;
  /**
   * Where a sign-in leads back to; the page itself where it is absent.
   * @attr redirect-uri
   */
  redirectUri: string | null;
  /**
   * Keeps the sign-in in session storage, across reloads. Without it tokens are in memory only.
   * @attr keep-sign-in
   * @default false
   */
  keepSignIn: boolean;
  /**
   * How a new fax is packed.
   * @attr encoding
   * @default "form-data"
   */
  encoding: "form-data" | "mixed";
  /**
   * Which view is shown: the form, or the faxes that the service holds. Setting it again leads back there.
   * @attr view
   * @default "send"
   */
  view: "send" | "resend";
  /**
   * What the resend view starts with: message ids, commas or spaces between.
   * @attr message-ids
   */
  messageIds: string | null;
  /**
   * Whether pages that are rendered here are what is uploaded: of everything that can be rendered (`shown`), of nothing
   * (`as-is`), or of images and TIFF (`auto`). What a person chooses for a document wins.
   * @attr pages
   * @default "auto"
   */
  pages: "auto" | "shown" | "as-is";
  /**
   * The step between composing and sending; `off` for pages that have their own. `submit()` never shows it.
   * @attr review
   * @default "on"
   */
  review: "on" | "off";
  /**
   * Keeps the draft across reload, crash and a closed tab: encrypted, on this device, for 24 hours.
   * @attr persist
   * @default false
   */
  persist: boolean;
  /**
   * What is kept of faxes already sent (ids, times, numbers, outcomes): for the tab, on the device, or nothing.
   * @attr remember
   * @default "session"
   */
  remember: "session" | "device" | "off";
  /**
   * A number of which nothing is known has to be typed twice.
   * @attr retype-unknown
   * @default false
   */
  retypeUnknown: boolean;
  /**
   * Light or dark; `auto` follows the page's `color-scheme`.
   * @attr theme
   * @default "auto"
   */
  theme: "auto" | "light" | "dark";
  /**
   * Language of sentences, dates, numbers and sizes; the nearest ancestor's where it is absent.
   * @attr lang
   */
  lang: string;
  /**
   * Direction of the text; the language's where it is absent.
   * @attr dir
   */
  dir: string;
  /**
   * Recipients that the form starts with: numbers, separated as in a pasted list.
   * @attr to
   */
  get to(): string | null;
  set to(numbers: string | null | undefined);
  /**
   * Country of numbers without a country code that the form starts with, ISO 3166-1 alpha-2.
   * @attr iso-code
   */
  get isoCode(): string | null;
  set isoCode(code: string | null | undefined);
  /**
   * Resolution that the form starts with, `High` or `Low`.
   * @attr fax-resolution
   */
  get faxResolution(): string | null;
  set faxResolution(resolution: FaxResolution | null | undefined);
  /**
   * Number of the cover page that the form starts with; 0 for none, absent for the account's default one.
   * @attr cover-index
   */
  get coverIndex(): string | null;
  set coverIndex(index: number | string | null | undefined);
  /**
   * Text on the cover page that the form starts with, at most 1,024 characters.
   * @attr cover-page-text
   */
  get coverPageText(): string | null;
  set coverPageText(text: string | null | undefined);
  /**
   * Time of sending that the form starts with, ISO 8601; without a zone it is local time.
   * @attr send-time
   */
  get sendTime(): string | null;
  set sendTime(time: string | null | undefined);

  /** Access token that is there already. In memory only, never an attribute. */
  get token(): string | undefined;
  set token(token: string | null | undefined);
  /** Fetches tokens when they are needed. */
  get tokenProvider(): FaxTokenProvider | undefined;
  set tokenProvider(provider: FaxTokenProvider | null | undefined);
  /**
   * The whole draft. Set during a send, it waits until that has ended. Throws a `TypeError` where a value is of another
   * kind altogether; other flaws show in the form. Before `fax-ready` it gives what was set, as it was set.
   */
  get fax(): FaxDraft;
  set fax(fax: FaxDraftInit | null | undefined);
  /** Knows names for numbers, shown beside each number before a fax goes there. */
  get directory(): FaxDirectory | undefined;
  set directory(directory: FaxDirectory | null | undefined);
  /** Sentences in place of the built-in ones. */
  get messages(): FaxSentences | undefined;
  set messages(sentences: FaxSentences | null | undefined);

  /** Adds files behind the others. */
  addFiles(files: Iterable<File> | FileList): void;
  /**
   * Sends what the form holds, without the review. Resolves when the service has taken it, before anything has been faxed;
   * rejects with a {@link FaxError}. During a send it joins that one.
   */
  submit(): Promise<FaxMessage>;
  /** Sends a fax again that the service holds, or forwards one. Resolves and rejects like `submit()`. */
  resend(request: FaxResend): Promise<FaxMessage>;
  /**
   * The pages as they would be uploaded, as one TIFF. Rejects with `invalid` where there are none, or where a document cannot be
   * rendered here.
   */
  renderPages(): Promise<FaxPages>;
  /** Stops the send under way, which then rejects with `cancelled`. */
  cancel(): void;
  /** Empties the draft. */
  reset(): void;
}

/** What may be set on the element in JSX: its properties, and its events as `onfax-ready` and so on. */
export type FaxWidgetProps = {
  [Name in FaxWidgetPlainProperty]?: FaxWidgetElement[Name] | undefined;
} & FaxWidgetLooseProps & {
    [Name in keyof FaxWidgetEventMap as `on${Name}`]?: ((event: FaxWidgetEventMap[Name]) => void) | undefined;
  };

/** The properties that give what was set. */
export type FaxWidgetPlainProperty = Exclude<
  keyof FaxWidgetElement,
  keyof HTMLElement | keyof FaxWidgetLooseProps | "addFiles" | "submit" | "resend" | "renderPages" | "cancel" | "reset"
>;

/** The properties that take more kinds of value than they give. */
export interface FaxWidgetLooseProps {
  to?: string | null | undefined;
  isoCode?: string | null | undefined;
  faxResolution?: FaxResolution | null | undefined;
  coverIndex?: number | string | null | undefined;
  coverPageText?: string | null | undefined;
  sendTime?: string | null | undefined;
  token?: string | null | undefined;
  tokenProvider?: FaxTokenProvider | null | undefined;
  fax?: FaxDraftInit | null | undefined;
  directory?: FaxDirectory | null | undefined;
  messages?: FaxSentences | null | undefined;
}

declare global {
  interface HTMLElementTagNameMap {
    "fax-widget": FaxWidgetElement;
  }
  // They bubble, so every element, the document and the window hear them.
  interface GlobalEventHandlersEventMap extends FaxWidgetEventMap {}
}

// For projects with React 19. In all others there is no such module to add to, which is no mistake.
// @ts-ignore
declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      // @ts-ignore
      "fax-widget": DetailedHTMLProps<HTMLAttributes<FaxWidgetElement>, FaxWidgetElement> & FaxWidgetProps;
    }
  }
}
