// What the package gives to a page that imports it by name.
import { copyFile, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { ANNA } from "../e2e/composer.mjs";
import { expect, FAILED_REQUEST, test } from "./fixtures.mjs";

/** The page that imports by name, opened; resolves with the paths of the .wasm files that are fetched from then on. */
async function open(page, origin) {
  const fetched = [];
  page.removeAllListeners("request");
  page.on("request", (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.endsWith(".wasm")) fetched.push(pathname);
  });
  await page.goto(`${origin}/bare.html`);
  return fetched;
}

/** Puts an element into the page, and sends a fax without it. */
const useBoth = (page, server, text) =>
  page.evaluate(
    async ([server, text]) => {
      const { FaxClient, defineFaxWidget } = await import("fax-widget");
      defineFaxWidget();
      document.body.innerHTML = "<fax-widget></fax-widget>";
      Object.assign(document.querySelector("fax-widget"), { server, token: "sandbox" });
      const client = new FaxClient({ server, tokenProvider: async () => "sandbox" });
      const fax = { to: ["+16505550100"], attachments: [new File([text], "note.txt", { type: "text/plain" })] };
      const phases = [];
      const message = await client.send(fax, { onProgress: ({ phase }) => phases.push(phase) });
      return { phases, id: message.id, status: (await client.message(message.id)).messageStatus };
    },
    [server, text],
  );

test("the .wasm may come from the host, in every form", async ({ project, serving, page, composer, sandbox }) => {
  const made = await project("html");
  const own = join(made.folder, "own");
  const origin = await serving(made.serve("."));
  const wasm = join(made.folder, "node_modules/fax-widget/fax-widget_bg.wasm");
  await mkdir(own);
  await copyFile(wasm, join(own, "module.wasm"));
  await rm(wasm); // so that nothing stands without the host's

  const forms = {
    "an address": async () => "/own/module.wasm",
    "a URL": async () => new URL("/own/module.wasm", location.href),
    "a Response": async () => await fetch("/own/module.wasm"),
    "a promise of a Response": async () => ({ promise: fetch("/own/module.wasm") }),
    "a compiled module": async () => await WebAssembly.compileStreaming(fetch("/own/module.wasm")),
    bytes: async () => await (await fetch("/own/module.wasm")).arrayBuffer(),
  };
  for (const [form, make] of Object.entries(forms)) {
    const fetched = await open(page, origin);
    await page.evaluate(
      `(async () => {
        const { init } = await import("fax-widget");
        const given = await (${make})();
        const nothing = await init({ wasm: given.promise ?? given });
        if (nothing !== undefined) throw new Error("init resolves with something");
      })()`,
    );
    await useBoth(page, sandbox.origin, form);
    await expect(composer.heading, form).toBeVisible();
    expect(fetched, form).toEqual(["/own/module.wasm"]);
  }
  expect(await sandbox.inbox()).toHaveLength(Object.keys(forms).length);
});

test("importing fetches and registers nothing; element and client share one download", async ({ project, serving, page, composer, sandbox }) => {
  const made = await project("html");
  const fetched = await open(page, await serving(made.serve(".")));
  const names = await page.evaluate(async () => {
    const names = Object.keys(await import("fax-widget"));
    return { names, registered: customElements.get("fax-widget") !== undefined };
  });
  expect(names).toEqual({ names: ["FaxClient", "FaxError", "FaxWidgetElement", "defineFaxWidget", "init"], registered: false });
  expect(fetched).toEqual([]);

  const { phases, id, status } = await useBoth(page, sandbox.origin, "Hello");
  await expect(composer.heading).toBeVisible();
  expect(fetched).toEqual(["/node_modules/fax-widget/fax-widget_bg.wasm"]);
  expect(phases).toEqual(["uploading"]);
  const [arrived] = await sandbox.inbox();
  expect([arrived.to[0].phoneNumber, arrived.attachments[0].name, arrived.id]).toEqual([ANNA, "note.txt", id]);
  expect(["Queued", "Sent"]).toContain(status);
});

test("auto registers the element, whoever registered it before", async ({ project, serving, page }) => {
  const made = await project("html");
  await open(page, await serving(made.serve(".")));
  const seen = await page.evaluate(async () => {
    const { FaxWidgetElement, defineFaxWidget } = await import("fax-widget");
    await import("fax-widget/auto");
    defineFaxWidget();
    defineFaxWidget("my-fax");
    return ["fax-widget", "my-fax"].map((tag) => document.createElement(tag) instanceof FaxWidgetElement);
  });
  expect(seen).toEqual([true, true]);
});

test("a start that failed may be repeated, with another source", async ({ project, serving, page, sandbox, expected }) => {
  expected.push(FAILED_REQUEST);
  const made = await project("html");
  await open(page, await serving(made.serve(".")));
  const failed = await page.evaluate(async () => {
    const { FaxError, init } = await import("fax-widget");
    const failure = await init({ wasm: fetch("/own/gone.wasm") }).catch((error) => error);
    await init({ wasm: "/node_modules/fax-widget/fax-widget_bg.wasm" });
    return [failure instanceof FaxError, failure.code, failure.outcome, failure.cause?.message];
  });
  // The person gets a plain sentence; who builds the page wants to know why.
  expect(failed).toEqual([true, "network", "not-sent", expect.stringContaining("404")]);
  expect(await useBoth(page, sandbox.origin, "Hello")).toMatchObject({ phases: ["uploading"] });
});

test("every failure is an instance of FaxError, and nothing else is", async ({ project, serving, page, sandbox }) => {
  const made = await project("html");
  await open(page, await serving(made.serve(".")));
  const seen = await page.evaluate(async (server) => {
    const { FaxClient, FaxError, defineFaxWidget } = await import("fax-widget");
    const describe = (error) => [error instanceof FaxError, error instanceof Error, error.name, error.code, error.outcome];
    const client = new FaxClient({ server, token: "sandbox" });
    const fromClient = await client.send({ to: ["call me"] }).catch(describe);
    defineFaxWidget();
    const widget = document.createElement("fax-widget");
    const early = widget.submit().catch(describe);
    widget.cancel();
    Object.assign(widget, { server, token: "sandbox" });
    document.body.append(widget);
    const fromElement = await widget.submit().catch(describe);
    const own = new FaxError("Offline", { code: "offline", outcome: "not-sent" });
    const others = [new Error("FaxError"), new TypeError("x"), { code: "invalid" }, "FaxError", null, undefined];
    return {
      fromClient, fromElement, early: await early, own: [...describe(own), own.message],
      others: others.map((other) => other instanceof FaxError),
    };
  }, sandbox.origin);
  expect(seen).toEqual({
    fromClient: [true, true, "FaxError", "invalid", "not-sent"],
    fromElement: [true, true, "FaxError", "invalid", "not-sent"],
    early: [true, true, "FaxError", "cancelled", "not-sent"],
    own: [true, true, "FaxError", "offline", "not-sent", "Offline"],
    others: [false, false, false, false, false, false],
  });
});
