// The one place that knows where things are on the screen. It speaks as a person does: type, choose, send, see.
import { expect } from "@playwright/test";
import { onePage } from "./documents.mjs";

/** What documents made by a script hold: the same in each, so that the same can go twice. */
const SCRIPTED = onePage().toString();

/** Numbers that nobody has: +999 is no country, 555-01xx is kept for examples. */
export const ANNA = "+16505550100";
export const BEN = "+16505550101";
/** The sandbox's numbers that go wrong on purpose, `bad(429)`. */
export const bad = (day) => `+999000${String(day).padStart(4, "0")}`;

export class Composer {
  constructor(page, origin, element = page.locator("fax-widget")) {
    this.page = page;
    this.origin = origin;
    this.element = element;
    const part = (name) => element.locator(`[part~="${name}"]`);

    this.form = part("form");
    this.heading = element.getByRole("heading", { name: "New fax", exact: true });

    this.recipients = part("recipients");
    this.recipientRows = part("recipient");
    this.recipientCount = this.recipients.locator("legend .count");
    this.newRecipient = element.locator('[part~="recipients"] > .fields');
    this.number = this.newRecipient.getByRole("textbox", { name: "Fax number" });
    this.name = this.newRecipient.getByRole("textbox", { name: "Name (optional)" });
    this.add = this.newRecipient.getByRole("button", { name: "Add" });
    this.editedNumber = this.recipientRows.getByRole("textbox", { name: "Fax number" });
    this.editedName = this.recipientRows.getByRole("textbox", { name: "Name (optional)" });
    this.doneEditing = this.recipientRows.getByRole("button", { name: "Done" });

    this.documents = part("documents");
    this.documentRows = part("document");
    this.documentNames = this.documentRows.locator(".file-name");
    this.documentCount = this.documents.locator("legend .count");
    this.dropZone = part("drop-zone");
    this.dropNow = this.dropZone.getByText("Drop to add");
    this.chooseButton = this.documents.getByRole("button", { name: "Choose files" });
    this.fileInput = element.locator("input[type=file]");

    this.pages = part("pages");
    this.pageButtons = part("page");
    this.pagesTotal = part("pages-total");
    this.pageScreen = part("page-screen");
    this.pageHeading = this.pageScreen.getByRole("heading");
    this.pageHint = part("page-hint");
    this.pageBack = part("page-back");
    this.asFaxed = part("page-as-faxed");
    this.original = part("page-original");
    this.useResolution = part("use-resolution");

    this.cover = part("cover");
    this.coverPage = this.cover.getByRole("combobox", { name: "Cover page" });
    this.chosenCover = this.coverPage.locator("option:checked");
    this.coverText = this.cover.getByRole("textbox", { name: "Text on the cover page" });
    this.coverTextCount = this.cover.getByText(/of 1,024 characters$/);
    this.coverListFailed = this.cover.getByText("The list of cover pages could not be loaded.");
    this.tryAgain = this.cover.getByRole("button", { name: "Try again" });

    this.delivery = part("delivery");
    this.fine = this.delivery.getByRole("radio", { name: /^Fine/ });
    this.standard = this.delivery.getByRole("radio", { name: /^Standard/ });
    this.now = this.delivery.getByRole("radio", { name: "Now" });
    this.later = this.delivery.getByRole("radio", { name: "Later" });
    this.sendTime = this.delivery.getByLabel("Date and time");
    this.country = this.delivery.getByRole("combobox", { name: "Country of the numbers" });

    this.proceed = this.form.locator('[part~="send"]');
    this.discard = part("discard");
    this.discardYes = this.form.getByRole("group", { name: "Discard this fax?" }).getByRole("button", { name: "Discard" });
    this.discardNo = this.form.getByRole("button", { name: "Keep" });

    this.flaws = part("error");
    // Those about a document's pages are found with that (`pagesOf`).
    this.notice = element.locator('[part~="notice"]:not([part~="document-pages"] *)');
    this.summary = part("flaws");
    this.summaryLinks = this.summary.getByRole("button");
    this.failure = part("failure");
    this.doubt = part("doubt");
    const doubt = (title) => element.locator(`[part~="doubt"][aria-label^="${title}"]`).first();
    this.earlierTry = doubt("An earlier try may have been accepted");
    this.lookingFor = doubt("Looking whether a fax was accepted");
    this.notKnown = doubt("It is not known whether the fax was accepted");
    this.notTaken = doubt("A fax was not accepted");
    this.takenAfterAll = doubt("A fax was accepted after all");
    this.ownDoubt = element.locator('[part~="doubt"][data-focus="failure"]');
    this.lookAgain = this.notKnown.getByRole("button", { name: "Look again" });
    this.checkedMyself = this.notKnown.getByRole("button", { name: "I have checked it myself" });
    this.repeat = part("repeat");
    this.sendAnyway = this.repeat.getByRole("button", { name: "Send once more" });
    this.sendNot = this.repeat.getByRole("button", { name: "Do not send" });
    this.status = element.getByRole("status");

    this.review = part("review");
    this.reviewHeading = this.review.getByRole("heading", { name: "Check before it goes" });
    this.reviewNumbers = this.review.locator(".number");
    this.reviewNames = this.review.locator("ul .name");
    this.reviewDocuments = this.review.locator(".file-name");
    this.back = part("back");
    this.send = this.review.locator('[part~="send"]');

    this.progress = part("progress");
    this.progressHeading = this.progress.getByRole("heading", { name: "Sending your fax" });
    this.steps = this.progress.getByRole("listitem");
    this.currentStep = this.progress.locator("li.now");
    this.cancelButton = part("cancel");

    this.accepted = part("accepted");
    this.acceptedHeading = this.accepted.getByRole("heading");
    this.messageId = part("message-id");
    this.copy = this.accepted.getByRole("button", { name: "Copy" });
    this.newFax = part("new");
    this.faxesLink = part("faxes-link");
    this.twins = part("twin");
    this.cancelTwin = this.twins.getByRole("button", { name: "Cancel the second one" });
    this.cancelTwinYes = this.twins.getByRole("button", { name: "Cancel the fax" });
  }

  // ----- where things are that have a name of their own

  recipientRow(text) {
    return this.recipientRows.filter({ hasText: text });
  }

  editRecipient(number) {
    return this.recipients.getByRole("button", { name: `Edit ${number}`, exact: true });
  }

  removeRecipient(number) {
    return this.recipients.getByRole("button", { name: `Remove ${number}`, exact: true });
  }

  documentRow(name) {
    return this.documentRows.filter({ hasText: name });
  }

  /** What is said of the pages of a document. */
  pagesOf(name) {
    return this.documentRow(name).locator('[part~="document-pages"]');
  }

  asShown(name) {
    return this.pagesOf(name).getByRole("checkbox", { name: /^Send as shown/ });
  }

  pageTool(name) {
    return this.pageScreen.getByRole("button", { name, exact: true });
  }

  moveUp(name) {
    return this.documents.getByRole("button", { name: `Move ${name} up`, exact: true });
  }

  moveDown(name) {
    return this.documents.getByRole("button", { name: `Move ${name} down`, exact: true });
  }

  removeDocument(name) {
    return this.documents.getByRole("button", { name: `Remove ${name}`, exact: true });
  }

  thumbnailFrame(name) {
    return this.documentRow(name).locator(".thumbnail");
  }

  thumbnail(name) {
    return this.thumbnailFrame(name).locator("img");
  }

  /** What the review says for a term. */
  fact(term) {
    return this.review.locator(`dt:text-is("${term}") + dd`);
  }

  // ----- getting there

  /** Opens the site and waits for all of it: form, configuration and cover list. */
  async open() {
    await this.page.goto(`${this.origin}/`);
    await expect(this.heading).toBeVisible();
    await expect(this.coverPage.getByRole("option")).toHaveCount(15);
  }

  /** Opens a page of somebody else's, on another origin. */
  async openEmbedded(embedder, body) {
    embedder.body = body;
    await this.page.goto(`${embedder.origin}/`);
    await expect(this.heading.first()).toBeVisible();
  }

  // ----- what a person does

  async addRecipient(number, name = "") {
    await this.number.fill(number);
    await this.name.fill(name);
    await this.add.click();
  }

  /** Opens the file chooser with the button, and chooses. */
  async choose(...files) {
    const chooser = this.page.waitForEvent("filechooser");
    await this.chooseButton.click();
    await (await chooser).setFiles(files);
  }

  /** Drags files or folders from outside over the form and lets go, with the browser's own drag and drop. */
  async drop(...paths) {
    const { browser, x, y, data } = await this.dragOver(...paths);
    await browser.send("Input.dispatchDragEvent", { type: "drop", x, y, data });
    await browser.detach();
  }

  /** The same without letting go. */
  async dragOver(...paths) {
    await this.dropZone.scrollIntoViewIfNeeded();
    const box = await this.dropZone.boundingBox();
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const data = { items: [], files: paths, dragOperationsMask: 1 };
    const browser = await this.page.context().newCDPSession(this.page);
    for (const type of ["dragEnter", "dragOver"]) {
      await browser.send("Input.dispatchDragEvent", { type, x, y, data });
    }
    return { browser, x, y, data };
  }

  /** Puts text into the clipboard and pastes it where the focus is. */
  async pasteText(text) {
    await this.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await this.page.evaluate((text) => navigator.clipboard.writeText(text), text);
    await this.page.keyboard.press("ControlOrMeta+V");
  }

  /** Puts a picture into the clipboard, as a screenshot does, and pastes it where the focus is. */
  async pastePicture(png) {
    await this.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await this.page.evaluate(async (base64) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      await navigator.clipboard.write([new ClipboardItem({ "image/png": new Blob([bytes], { type: "image/png" }) })]);
    }, png.buffer.toString("base64"));
    await this.page.keyboard.press("ControlOrMeta+V");
  }

  /** Copies files in a file manager, as far as the page can tell, and pastes them where the focus is. */
  async pasteFiles(...files) {
    const plain = files.map(({ name, mimeType, buffer }) => ({ name, mimeType, base64: buffer.toString("base64") }));
    await this.element.evaluate((element, files) => {
      const clipboardData = new DataTransfer();
      for (const { name, mimeType, base64 } of files) {
        const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        clipboardData.items.add(new File([bytes], name, { type: mimeType }));
      }
      const target = element.shadowRoot.activeElement ?? element.shadowRoot.querySelector("form");
      target.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, composed: true, cancelable: true }));
    }, plain);
  }

  /** One recipient and one document: the least that can be sent. */
  async fillIn(number = ANNA, ...files) {
    await this.addRecipient(number);
    await this.choose(...files);
  }

  async chooseCover(label) {
    await this.coverPage.selectOption({ label });
  }

  async sendLater(local) {
    await this.later.check();
    await this.sendTime.fill(local);
  }

  /** From the form over the review to the service. */
  async reviewAndSend() {
    await this.proceed.click();
    await this.send.click();
  }

  async reviewSendAndSeeAccepted() {
    await this.reviewAndSend();
    await expect(this.messageId).toHaveText(/^\d+$/);
  }

  /** Presses Tab until the control has the focus, as someone without a mouse has to. */
  async tabTo(control) {
    for (let presses = 0; presses < 80; presses++) {
      await this.page.keyboard.press("Tab");
      if (await control.evaluate((node) => node.getRootNode().activeElement === node)) return;
    }
    throw new Error(`Tab never reached ${control}`);
  }

  // ----- what a script does

  async set(properties) {
    await this.element.evaluate((widget, properties) => void Object.assign(widget, properties), properties);
  }

  /** Sets a fax with documents made in the page. */
  async setFax(fax, names = ["script.pdf"]) {
    await this.element.evaluate(
      (widget, [fax, files]) => {
        widget.fax = { ...fax, attachments: files.map(([name, text]) => new File([text], name)) };
      },
      [fax, names.map((name) => [name, SCRIPTED])],
    );
  }

  /** The draft, with each file as its name. */
  async fax() {
    return this.element.evaluate((widget) => {
      const { attachments, ...rest } = widget.fax;
      return { ...rest, attachments: attachments.map((file) => file.name) };
    });
  }

  /** What `submit()` came to: `{message}` or `{error}`. */
  async submit(press) {
    return this.element.evaluate((widget, press) => {
      if (press) widget.shadowRoot.querySelector(press).click();
      return widget.submit().then(
        (message) => ({ message }),
        (error) => ({ error: { name: error.name, message: error.message, isError: error instanceof Error, ...error } }),
      );
    }, press);
  }

  /** Goes over the review and presses Send; what comes back is what a script hears that joins the send in that moment. */
  async pressAndJoin() {
    await this.proceed.click();
    await expect(this.send).toBeVisible();
    return { ended: this.submit("[part~=review] [part~=send]") };
  }

  async cancel() {
    await this.element.evaluate((widget) => widget.cancel());
  }

  async reset() {
    await this.element.evaluate((widget) => widget.reset());
  }

  /** Keeps a record of events that reach the document. */
  async listen(...names) {
    await this.page.evaluate((names) => {
      window.heard ??= [];
      for (const name of names) {
        document.addEventListener(name, (event) => {
          const { bubbles, composed, cancelable, detail, type } = event;
          const plain = detail instanceof Error ? { name: detail.name, message: detail.message, ...detail } : detail;
          window.heard.push({ type, bubbles, composed, cancelable, detail: plain });
        });
      }
    }, names);
  }

  async heard(name) {
    return this.page.evaluate((name) => (window.heard ?? []).filter(({ type }) => type === name), name);
  }

  /** The names of the phases that a send went through; `listen("fax-progress")` comes first. */
  async phases() {
    return (await this.heard("fax-progress")).map(({ detail }) => detail.phase);
  }

  /** What is written down of faxes that nobody knows the end of. */
  async intents() {
    return this.page.evaluate(() => {
      const written = Object.entries(localStorage).filter(([name]) => name.startsWith("fax-widget.intent."));
      return written.map(([, text]) => JSON.parse(text)).sort((one, other) => one.started - other.started);
    });
  }

  /** Everything that the browser keeps, as text: on the device, or for the tab. */
  async kept(storage = "localStorage") {
    return this.page.evaluate((storage) => JSON.stringify({ ...window[storage] }), storage);
  }

  // ----- what is checked in many places

  /** Whether the focus is inside, and not lost to the page. */
  async hasFocus() {
    return this.element.evaluate((widget) => widget.shadowRoot.activeElement !== null);
  }

  /** The whole draft is there. */
  async expectDraft(draft) {
    await expect(this.form).toBeVisible();
    expect(await this.fax()).toMatchObject(draft);
  }
}
