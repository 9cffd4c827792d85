// The snippets of the package's README, taken out of it and run. A block that nobody runs fails the test.
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ANNA } from "../e2e/composer.mjs";
import { pdf } from "../e2e/documents.mjs";
import { expect, test } from "./fixtures.mjs";

const read = (path) => readFileSync(join(import.meta.dirname, "../..", path), "utf8");
const README = read("www/package/README.md");

/** The fenced blocks: the heading over each with its language, and its text. */
const blocks = (readme) =>
  [...readme.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(({ 1: language, 2: text, index }) => ({
    name: `${[...readme.slice(0, index).matchAll(/^#+ (.*)$/gm)].at(-1)[1]}: ${language}`,
    text,
  }));

test("every snippet works as it stands", async ({ project, serving, page, composer, sandbox }) => {
  test.slow(); // four pages
  const rest = blocks(README);
  /** The first block of that name that has not been taken yet. */
  const take = (name) => {
    const at = rest.findIndex((block) => block.name === name);
    if (at < 0) throw new Error(`the README has no more of "${name}"`);
    return rest.splice(at, 1)[0].text;
  };
  const here = (text) => text.replace("<fax-widget ", `<fax-widget server="${sandbox.origin}" `);
  const html = (body, script) =>
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>A page</title><link rel="icon" href="data:,"><body>${body}
     <script type="module" src="/${script}"></script></body></html>`;

  const configured = take("Vite, webpack: js").replace("export default defineConfig(", "const shown = (");
  const isCustomElement = /`(vue\(\{.*\}\))`/.exec(README)[1];
  const files = {
    "vite.config.js": `import react from "@vitejs/plugin-react";
      import vue from "@vitejs/plugin-vue";
      ${configured}
      export default { ...shown, plugins: [react(), ${isCustomElement}] };`,
    "first.js": take("fax-widget: js"),
    "index.html": html(take("fax-widget: html").replace("https://platform.ringcentral.com", sandbox.origin), "first.js"),
    "Fax.jsx": here(take("React 19: jsx")),
    "react.jsx": `import { createRoot } from "react-dom/client";
      import { Fax } from "./Fax.jsx";
      createRoot(document.body).render(<Fax onSent={({ id }) => console.log("message", id)} />);`,
    "react.html": html("", "react.jsx"),
    "Fax.vue": here(take("Vue: vue")),
    "vue.js": `import { createApp } from "vue";
      import Fax from "./Fax.vue";
      createApp(Fax, { onSent: ({ id }) => console.log("message", id) }).mount(document.body);`,
    "vue.html": html("", "vue.js"),
    "elsewhere.js": take("The module from elsewhere: js"),
    "elsewhere.html": html(`<fax-widget server="${sandbox.origin}"></fax-widget>`, "elsewhere.js"),
  };
  files["first.js"] += take("fax-widget: js");
  expect(rest.map(({ name }) => name), "blocks that nobody runs").toEqual([]);

  const made = await project(undefined, ["vite", "@vitejs/plugin-react", "@vitejs/plugin-vue", "react", "react-dom", "vue"]);
  for (const [name, text] of Object.entries(files)) await writeFile(join(made.folder, name), text);
  const origin = await serving(made.develop());
  await page.route("**/fax-token", (route) => route.fulfill({ contentType: "text/plain", body: "sandbox" }));
  const said = [];
  page.on("console", (message) => message.text().startsWith("message ") && said.push(message.text()));

  for (const name of ["index", "react", "vue"]) {
    await page.goto(`${origin}/${name}.html`);
    await composer.fillIn(ANNA, pdf(`${name}.pdf`));
    await composer.reviewSendAndSeeAccepted();
    expect(said.splice(0), name).toEqual([`message ${await composer.messageId.textContent()}`]);
  }
  const fetched = [];
  page.on("request", (request) => request.url().includes(".wasm") && fetched.push(new URL(request.url()).pathname));
  await page.goto(`${origin}/elsewhere.html`);
  await expect(composer.heading).toBeVisible();
  expect(fetched.at(-1)).toBe("/node_modules/fax-widget/fax-widget_bg.wasm");
  expect(await sandbox.inbox()).toHaveLength(3);
});

for (const { text } of blocks(read("README.md")).filter(({ name }) => name === "From npm: js")) test("the project’s own README, too", async ({ project, serving, page, composer, sandbox }) => {
  const made = await project(undefined, ["vite"]);
  await writeFile(join(made.folder, "index.js"), text);
  const head = `<!doctype html><html lang="en"><meta charset="utf-8"><title>A page</title><link rel="icon" href="data:,">`;
  await writeFile(join(made.folder, "index.html"), `${head}<fax-widget server="${sandbox.origin}" token="sandbox"></fax-widget><script type="module" src="/index.js"></script></html>`);
  const said = [];
  page.on("console", (message) => message.text().startsWith("true ") && said.push(message.text()));
  await page.goto(await serving(made.develop()));
  await composer.proceed.click(); // an empty form
  await composer.element.evaluate((widget) => widget.submit().catch(() => {}));
  expect(said).toContain("true invalid not-sent");
});

test("the gallery’s lines for projects, too", async ({ project, serving, page, composer, sandbox }) => {
  test.slow(); // three pages
  const shown = (id) => {
    const [, lines] = new RegExp(`<article id="${id}">[^]*?<pre tabindex="0"><code>([^<]*)</code></pre>`).exec(read("www/gallery.html"));
    return lines.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
  };
  const here = (text) => text.replace("<fax-widget\n", `<fax-widget server="${sandbox.origin}"\n`);
  const html = (script) =>
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>A page</title><link rel="icon" href="data:,"><body>
     <script type="module" src="/${script}"></script></body></html>`;
  const files = {
    "vite.config.js": `import react from "@vitejs/plugin-react";
      import vue from "@vitejs/plugin-vue";
      const isCustomElement = (tag) => tag === "fax-widget";
      export default { plugins: [react(), vue({ template: { compilerOptions: { isCustomElement } } })] };`,
    "npm.js": `${shown("npm")}\nfax.server = "${sandbox.origin}";\nfax.addEventListener("fax-accepted", ({ detail }) => console.log("message", detail.id));`,
    "npm.html": html("npm.js"),
    "FaxForm.jsx": here(shown("react")),
    "react.jsx": `import { createRoot } from "react-dom/client";
      import { FaxForm } from "./FaxForm.jsx";
      createRoot(document.body).render(<FaxForm onAccepted={({ id }) => console.log("message", id)} />);`,
    "react.html": html("react.jsx"),
    "FaxForm.vue": here(shown("vue")),
    "vue.js": `import { createApp } from "vue";
      import FaxForm from "./FaxForm.vue";
      createApp(FaxForm, { onAccepted: ({ id }) => console.log("message", id) }).mount(document.body);`,
    "vue.html": html("vue.js"),
  };
  const made = await project(undefined, ["vite", "@vitejs/plugin-react", "@vitejs/plugin-vue", "react", "react-dom", "vue"]);
  for (const [name, text] of Object.entries(files)) await writeFile(join(made.folder, name), text);
  const origin = await serving(made.develop());
  await page.route("**/fax-token", (route) => route.fulfill({ contentType: "text/plain", body: "sandbox" }));
  const said = [];
  page.on("console", (message) => message.text().startsWith("message ") && said.push(message.text()));
  for (const name of ["npm", "react", "vue"]) {
    await page.goto(`${origin}/${name}.html`);
    await composer.fillIn(ANNA, pdf(`${name}.pdf`));
    await composer.reviewSendAndSeeAccepted();
    expect(said.splice(0), name).toEqual([`message ${await composer.messageId.textContent()}`]);
  }
});
