// `webpack` itself, whose command is a package of its own.
import webpack from "webpack";

// Its own loader of scripts takes part in trusted types where it is told to.
const output = { trustedTypes: true };

webpack({ context: import.meta.dirname, mode: "production", entry: "./main.js", output, performance: { hints: false } }, (error, stats) => {
  if (error) throw error;
  console.log(stats.toString("errors-warnings"));
  process.exitCode = stats.hasErrors() || stats.hasWarnings() ? 1 : 0;
});
