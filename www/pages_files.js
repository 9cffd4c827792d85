// Where the worker finds its files: beside it. In the npm package a list stands in place of this, for bundlers move only what
// they see the address of (scripts/pages.mjs writes it).
export const address = (name) => new URL(name, import.meta.url);
