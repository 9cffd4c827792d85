import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";

// Vue takes every tag for a component of its own that it is not told of.
const isCustomElement = (tag) => tag === "fax-widget";

export default defineConfig({ plugins: [vue({ template: { compilerOptions: { isCustomElement } } })] });
