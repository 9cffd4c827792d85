// FaxClient: the fax API without a view. A thin cover of the WebAssembly module, which is fetched at the first call;
// importing this is safe where there is no DOM.
import { client } from "./fax-widget.js";
import { start } from "./element.js";

export class FaxClient {
  #options;
  #calls;

  /** @param options {server, account, extension, endpoint, credentials, encoding, token, tokenProvider} */
  constructor(options = {}) {
    this.#options = { ...options };
  }

  async #call(method, argument, options) {
    this.#calls ??= start().then(() => client(this.#options));
    try {
      await this.#calls;
    } catch (error) {
      this.#calls = undefined; // a lost connection is no reason never to try again
      throw error;
    }
    return (await this.#calls)[method](argument, options);
  }

  send(fax, options) { return this.#call("send", fax, options); }
  resend(request, options) { return this.#call("resend", request, options); }
  message(id, options) { return this.#call("message", id, options); }
  messages(query, options) { return this.#call("messages", query, options); }
  coverPages(options) { return this.#call("coverPages", undefined, options); }
  cancel(id, options) { return this.#call("cancel", id, options); }
  document(id, options) { return this.#call("document", id, options); }
  renderPages(files, options) { return this.#call("renderPages", files, options); }
  follow(id, options) { return this.#call("follow", id, options); }
  unsettled(options) { return this.#call("unsettled", undefined, options); }
  look(key, options) { return this.#call("look", key, options); }
  settle(key, options) { return this.#call("settle", key, options); }
}
